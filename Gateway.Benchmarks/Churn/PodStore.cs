using System.Threading.Channels;

namespace Gateway.Benchmarks.Churn;

/// <summary>The pods of the cluster, and who watches them.</summary>
internal sealed class PodStore(IReadOnlyList<int> ports)
{
    // A pod that is not ready comes back after so many other changes.
    private const int Lag = 25;

    private readonly Lock _lock = new();
    private readonly bool[] _isReady = [.. ports.Select(_ => true)];
    private readonly List<Channel<string>> _watches = [];
    private long _version = 1;
    private int _changes;

    /// <summary>All of them in one page, and a channel of what changes from there on is <see cref="Watch"/>'s.</summary>
    public string List()
    {
        lock (_lock)
        {
            IEnumerable<string> pods = Enumerable.Range(0, ports.Count).Select(Json);
            return $$$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"{{{_version}}}"},"items":[{{{string.Join(',', pods)}}}]}""";
        }
    }

    /// <summary>Lines of a watch that is opened right after a list: nothing is remembered of before.</summary>
    public ChannelReader<string> Watch()
    {
        var lines = Channel.CreateUnbounded<string>();
        lock (_lock)
            _watches.Add(lines);
        return lines.Reader;
    }

    /// <summary>One pod ceases to be ready, or becomes so again.</summary>
    public void ChangeOne()
    {
        lock (_lock)
        {
            int turn = _changes++ / 2;
            bool becomesReady = _changes % 2 == 0;
            int number = (turn + (becomesReady ? ports.Count - Lag : 0)) % ports.Count;
            _isReady[number] = becomesReady;
            _version++;
            string line = $$$"""{"type":"MODIFIED","object":{{{Json(number)}}}}""" + "\n";
            foreach (Channel<string> watch in _watches)
                watch.Writer.TryWrite(line);
        }
    }

    private string Json(int number) => PodJson.Of(number, ports[number], _isReady[number], _version);
}
