using System.Diagnostics.CodeAnalysis;

namespace Gateway.Simulation;

/// <summary>How much an engine has to do: the requests it works on, and its queue.</summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore whose wait handle is never asked for holds nothing.")]
internal sealed class EngineLoad(int maxRunning)
{
    private readonly SemaphoreSlim _slots = new(maxRunning, maxRunning);
    private int _running;
    private int _waiting;
    private long _heldTokens;
    private long _promptTokens;
    private long _outputTokens;

    public int Running => Volatile.Read(ref _running);

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Tokens of the requests that are being worked on.</summary>
    public long HeldTokens => Interlocked.Read(ref _heldTokens);

    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    public long OutputTokens => Interlocked.Read(ref _outputTokens);

    /// <summary>Waits for a free place. Whoever got one calls <see cref="Leave"/> with the same number.</summary>
    public async ValueTask EnterAsync(int tokens, CancellationToken cancellationToken)
    {
        if (!_slots.Wait(0, CancellationToken.None))
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                await _slots.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        Interlocked.Increment(ref _running);
        Interlocked.Add(ref _heldTokens, tokens);
    }

    public void Leave(int tokens)
    {
        Interlocked.Add(ref _heldTokens, -tokens);
        Interlocked.Decrement(ref _running);
        _slots.Release();
    }

    public void CountPrompt(int tokens) => Interlocked.Add(ref _promptTokens, tokens);

    public void CountOutput(int tokens) => Interlocked.Add(ref _outputTokens, tokens);
}
