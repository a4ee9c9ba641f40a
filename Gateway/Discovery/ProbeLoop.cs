using Gateway.Picking;
using Gateway.Telemetry;

namespace Gateway.Discovery;

/// <summary>Asks one endpoint for its models again and again, tells the endpoint how it stands, and keeps what it listed.</summary>
internal sealed class ProbeLoop : IDisposable
{
    // A probe may fail or crawl only because the engine is busy: one that answered a request this lately is believed to be alive.
    private static readonly TimeSpan TrustRequests = TimeSpan.FromMinutes(1);

    private readonly EngineProbe _probe;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly CancellationTokenSource _stop = new();
    private volatile ProbeTarget _target;
    private volatile ProbeOutcome? _latest;
    private volatile TaskCompletionSource _wake = NewWake();

    /// <param name="endpoint">Whom to ask.</param>
    /// <param name="target">How.</param>
    /// <param name="probe">Asks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when the endpoint begins or ceases to answer.</param>
    /// <param name="changed">Called after the first probe and whenever the list of models is another one.</param>
    public ProbeLoop(LiveEndpoint endpoint, ProbeTarget target, EngineProbe probe, TimeProvider time, ILogger logger, Action changed)
    {
        Endpoint = endpoint;
        _target = target;
        _probe = probe;
        _time = time;
        _logger = logger;
        _changed = changed;

        // Requests may come before the first probe.
        ReadKey(target.Key);
        endpoint.IsWithheld = target.IsPaused;
    }

    public LiveEndpoint Endpoint { get; }

    /// <summary>Null until the first probe has ended, either way.</summary>
    public ProbeOutcome? Latest => _latest;

    public bool IsPaused => _target.IsPaused;

    public void Start()
    {
        Endpoint.WentDown += Wake;
        _ = Task.Run(RunAsync);
    }

    /// <summary>Goes on with another key or another idea of what is alive; what is known of the models stays known.</summary>
    public void Retarget(ProbeTarget target)
    {
        if (target == _target)
            return;

        _target = target;
        ReadKey(target.Key);
        Endpoint.IsWithheld = target.IsPaused;
        Wake();
    }

    /// <summary>Probes once more, now, unless paused. A probe that is under way is waited for first: it may have asked too early.</summary>
    public async Task ProbeNowAsync(CancellationToken cancellationToken)
    {
        if (!IsPaused && !await ProbeAsync(cancellationToken))
            Wake();
    }

    public void Dispose()
    {
        // The loop and its timers end by the token; a source without a timer of its own holds nothing that needs disposing.
        Endpoint.WentDown -= Wake;
        _stop.Cancel();
    }

    private async Task RunAsync()
    {
        CancellationToken stopping = _stop.Token;
        int failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (IsPaused)
                {
                    await IsWokenWithinAsync(Timeout.InfiniteTimeSpan, stopping);
                    failures = 0;
                    continue;
                }

                failures = await ProbeAsync(stopping) ? 0 : failures + 1;
                if (await IsWokenWithinAsync(ProbeSchedule.After(failures, Endpoint.TimeUntilTrial), stopping))
                {
                    failures = 0;
                    await Task.Delay(ProbeSchedule.Quick, _time, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> IsWokenWithinAsync(TimeSpan time, CancellationToken stopping)
    {
        Task woken = _wake.Task;
        await woken.WaitAsync(time, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.ThrowIfCancellationRequested();
        if (!woken.IsCompleted)
            return false;

        _wake = NewWake();
        return true;
    }

    private async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        ProbeOutcome? before;
        ProbeOutcome after;
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            ProbeTarget target = _target;
            ProbeAnswer answer = await AskAsync(target, cancellationToken);
            bool isAlive = answer.Error is null || (answer.Answered && target.AnyAnswerIsAlive);
            before = _latest;
            after = _latest = new ProbeOutcome(_time.GetUtcNow(), NewestOf(before?.Cards ?? [], answer.Cards), isAlive ? null : answer.Error);
            if (isAlive)
                Endpoint.ReportReady();
            else
                Endpoint.ReportProbeFailure(answer.Error!, TrustRequests);
        }
        finally
        {
            _oneAtATime.Release();
        }

        Tell(before, after);
        return after.Error is null;
    }

    private async Task<ProbeAnswer> AskAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        // A key file that is missing for a moment, as while it is replaced, leaves the last key in use.
        if (ReadKey(target.Key) is { } unreadable && Endpoint.Authorization is null)
            return ProbeAnswer.Silent(unreadable);

        try
        {
            return await _probe.AskAsync(target.Address, Endpoint.Authorization, cancellationToken);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            // A loop that ends would leave its endpoint as it stands for ever.
            return ProbeAnswer.Silent($"could not be asked for its models: {failed.Message}");
        }
    }

    private string? ReadKey(EngineKey key)
    {
        try
        {
            Endpoint.Authorization = key.ReadAuthorization();
            return null;
        }
        catch (Exception unreadable)
        {
            // Whatever is wrong with the file or its path, the loop goes on and says so.
            return $"was not asked for its models, because its key can't be read: {unreadable.Message}";
        }
    }

    // An empty list is an engine that has not loaded its models yet, or any more: they stay known, so that a request is told to come again.
    private static IReadOnlyList<ModelCard> NewestOf(IReadOnlyList<ModelCard> known, IReadOnlyList<ModelCard> listed) =>
        listed.Count == 0 || ModelCard.SayTheSame(known, listed) ? known : listed;

    private void Tell(ProbeOutcome? before, ProbeOutcome after)
    {
        bool listChanged = !ReferenceEquals(before?.Cards, after.Cards);
        if (after.Error is { } error)
        {
            if (before is null or { Error: null })
                DiscoveryLog.EngineFailed(_logger, Endpoint.Address, error);
        }
        else if (before is null or { Error: not null } || listChanged)
        {
            DiscoveryLog.EngineAnswers(_logger, Endpoint.Address, after.Cards.Count);
        }

        if (before is null || listChanged)
            _changed();
    }

    private void Wake() => _wake.TrySetResult();

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
