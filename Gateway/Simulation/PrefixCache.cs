namespace Gateway.Simulation;

/// <summary>Which blocks of earlier prompts an engine still has; the least recently used go first.</summary>
internal sealed class PrefixCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, LinkedListNode<ulong>> _blocks = [];
    private readonly LinkedList<ulong> _byAge = new();
    private long _queriedTokens;
    private long _hitTokens;

    public bool IsOn => capacity > 0;

    public int Capacity => capacity;

    public long QueriedTokens => Interlocked.Read(ref _queriedTokens);

    public long HitTokens => Interlocked.Read(ref _hitTokens);

    /// <summary>Takes a prompt's blocks in, and says how many tokens at its beginning were there already.</summary>
    public int Use(string model, ReadOnlySpan<ulong> blocks)
    {
        if (blocks.IsEmpty || !IsOn)
            return 0;

        // The same words are other blocks to another model.
        ulong salt = (uint)string.GetHashCode(model, StringComparison.Ordinal);
        int hits = 0;
        lock (_lock)
        {
            bool prefix = true;
            foreach (ulong block in blocks)
            {
                prefix = Touch(block ^ salt) && prefix;
                if (prefix)
                    hits++;
            }
        }

        Interlocked.Add(ref _queriedTokens, blocks.Length * PromptBlocks.TokensPerBlock);
        Interlocked.Add(ref _hitTokens, hits * PromptBlocks.TokensPerBlock);
        return hits * PromptBlocks.TokensPerBlock;
    }

    private bool Touch(ulong block)
    {
        if (_blocks.TryGetValue(block, out LinkedListNode<ulong>? known))
        {
            _byAge.Remove(known);
            _byAge.AddLast(known);
            return true;
        }

        if (_blocks.Count == capacity)
        {
            _blocks.Remove(_byAge.First!.Value);
            _byAge.RemoveFirst();
        }

        _blocks[block] = _byAge.AddLast(block);
        return false;
    }
}
