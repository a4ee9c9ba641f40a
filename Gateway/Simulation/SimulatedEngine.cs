namespace Gateway.Simulation;

/// <summary>
/// An OpenAI-compatible inference server inside this process, with a real port, real pacing and faults on request. Many of them run side by side.
/// </summary>
internal sealed class SimulatedEngine : IAsyncDisposable
{
    private readonly EngineState _state;
    private readonly EngineListener _listener;
    private readonly SemaphoreSlim _lifecycle = new(1, 1);

    private SimulatedEngine(SimulatedEngineSettings settings)
    {
        _state = new EngineState(settings);
        _listener = new EngineListener(settings, new EngineApplication(_state));
        Url = new Uri($"http://{_listener.Address}");
    }

    public static async Task<SimulatedEngine> StartAsync(SimulatedEngineSettings settings, CancellationToken cancellationToken)
    {
        var engine = new SimulatedEngine(settings);
        try
        {
            await engine.ReviveAsync(cancellationToken);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without a path; the same for the engine's whole life, deaths included.</summary>
    public Uri Url { get; }

    /// <summary><c>127.0.0.1:port</c>, or what the settings say instead.</summary>
    public string Address => Url.Authority;

    public SimulatedEngineSettings Settings => _state.Settings;

    /// <summary>May be changed while the engine runs, as by loading a LoRA adapter.</summary>
    public IReadOnlyList<string> Models
    {
        get => _state.Models;
        set => _state.Models = value;
    }

    /// <summary>While false everything is answered 503, as by an engine that still loads its weights behind a proxy.</summary>
    public bool Ready
    {
        get => _state.Ready;
        set => _state.Ready = value;
    }

    /// <summary>What goes wrong with every inference request, or with the next few; null when nothing does (any more).</summary>
    public SimulatedFault? Fault
    {
        get => _state.Faults.Fault;
        set => _state.Faults.Fault = value;
    }

    /// <summary>Every request since the start, probes included; empty when recording is off.</summary>
    public RequestLog Requests => _state.Requests;

    /// <summary>Inference requests that are being worked on.</summary>
    public int Running => _state.Load.Running;

    /// <summary>Inference requests in the engine's queue.</summary>
    public int Waiting => _state.Load.Waiting;

    /// <summary>Requests of every kind, probes included.</summary>
    public long Received => _state.Received;

    /// <summary>Requests answered to the end, probes and errors included.</summary>
    public long Completed => _state.Completed;

    /// <summary>Requests whose client left before the end.</summary>
    public long ClientsLeft => _state.ClientsLeft;

    /// <summary>As if the process were killed: the port closes and every connection is reset. Nothing happens when it is dead already.</summary>
    public async Task KillAsync()
    {
        await _lifecycle.WaitAsync();
        try
        {
            _state.Alive = false;
            await _listener.CloseAsync();
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Listens again on the same port, with everything set as it was. Nothing happens when it is alive.</summary>
    public async Task ReviveAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            if (_state.Alive)
                return;
            await _listener.OpenAsync(cancellationToken);
            _state.Alive = true;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Kills it and gives the port back. Nothing happens the second time.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _listener.Dispose();
    }
}
