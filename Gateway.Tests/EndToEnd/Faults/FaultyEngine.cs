using System.Net;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An endpoint that serves until it is given a fault, and says in each answer who it is.</summary>
internal sealed class FaultyEngine : IAsyncDisposable
{
    private readonly ScriptedEngine _engine;
    private readonly HashSet<RawConnection> _used = [];
    private readonly SemaphoreSlim _goOn = new(0);
    private Fault? _fault;
    private VacantAddress? _vacant;
    private int _answering;

    public FaultyEngine(string name, string ownedBy)
    {
        Name = name;
        OwnedBy = ownedBy;
        _engine = ScriptedEngine.Start(AnswerAsync, ownedBy: ownedBy);
    }

    public string Name { get; }

    public string OwnedBy { get; }

    public Uri Url => _engine.Url;

    /// <summary>What is wrong with it; null while it is well.</summary>
    public Fault? CurrentFault => _fault;

    /// <summary>Whether it keeps the connection and says nothing more.</summary>
    public bool Stalls => _fault is Fault.StallBeforeHead or Fault.StallAfterHead or Fault.StallBetweenEvents or Fault.StallInEvent;

    /// <summary>Whether connections to it can be made.</summary>
    public bool IsThere => _vacant is null;

    /// <summary>Requests that have reached it.</summary>
    public int Requests => _engine.Requests;

    /// <summary>Requests that it has not answered, and whose connection the gateway has not given up.</summary>
    public int Answering => Volatile.Read(ref _answering);

    /// <summary>How many requests must have come before any is answered.</summary>
    public int AnswersFrom { get; set; }

    /// <summary>Fails like that from now on.</summary>
    public async Task BeginAsync(Fault fault)
    {
        _fault = fault;
        if (fault is not (Fault.ConnectionRefused or Fault.ConnectBlackholed))
            return;

        // The gateway probes twice as it starts, and nobody may miss the second answer.
        await TestTime.UntilAsync(() => _engine.Probes >= 2, "the probes of the start are over");
        await _engine.DisposeAsync();
        var address = new IPEndPoint(IPAddress.Loopback, Url.Port);
        _vacant = fault == Fault.ConnectionRefused ? VacantAddress.Refusing(address) : await VacantAddress.BlackholedAsync(address);
    }

    /// <summary>Lets an answer that has begun go on: to its fault, or to the next piece of a trickle.</summary>
    public void GoOn() => _goOn.Release();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _vacant?.Dispose();
        _goOn.Dispose();
    }

    private async Task AnswerAsync(RawConnection connection, string head)
    {
        Interlocked.Increment(ref _answering);
        try
        {
            string body = (await RawMessage.ReadBodyAsync(connection, head)).Body;
            bool isFirst;
            lock (_used)
                isFirst = _used.Add(connection);
            await TestTime.UntilAsync(() => Requests >= AnswersFrom, "requests to come");
            await AnswerAsync(connection, isFirst, body.Contains("\"stream\":true", StringComparison.Ordinal) ? AnswerKind.Stream : AnswerKind.Unary);
        }
        finally
        {
            Interlocked.Decrement(ref _answering);
        }
    }

    private async Task AnswerAsync(RawConnection connection, bool isFirst, AnswerKind kind)
    {
        switch (_fault)
        {
            case Fault.KeptAliveClosed when !isFirst:
                connection.Leave(Farewell.Close);
                break;
            case Fault.ResetBeforeHead:
                connection.Reset();
                break;
            case Fault.StallBeforeHead:
                await connection.ReadToEndAsync();
                break;
            case Fault.ResetAfterHead or Fault.ResetBetweenEvents or Fault.ResetInEvent:
                await BeginAnswerAsync(connection, kind);
                connection.Reset();
                break;
            case Fault.StallAfterHead or Fault.StallBetweenEvents or Fault.StallInEvent:
                await BeginAnswerAsync(connection, kind);
                await connection.ReadToEndAsync();
                break;
            case Fault.SlowTrickle:
                await TrickleAsync(connection, kind);
                break;
            default:
                await connection.SendAsync(EngineLines.Answer(Name, _fault, kind));
                break;
        }
    }

    private async Task BeginAnswerAsync(RawConnection connection, AnswerKind kind)
    {
        Fault fault = _fault!.Value;
        await connection.SendAsync(EngineLines.Head(fault, kind) + EngineLines.Framed(EngineLines.Begin(Name, fault, kind), fault, kind));
        await _goOn.WaitAsync(TestContext.Current.CancellationToken);
    }

    private async Task TrickleAsync(RawConnection connection, AnswerKind kind)
    {
        string[] pieces = EngineLines.Pieces(Name, kind);
        await connection.SendAsync(kind == AnswerKind.Stream
            ? Wire.StreamHead
            : $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {pieces.Length}\r\n\r\n");
        foreach (string piece in pieces)
        {
            await connection.SendAsync(EngineLines.Framed([piece], Fault.SlowTrickle, kind));
            await _goOn.WaitAsync(TestContext.Current.CancellationToken);
        }

        if (kind == AnswerKind.Stream)
            await connection.SendAsync(Wire.LastChunk);
    }
}
