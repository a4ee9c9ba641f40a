using Gateway.Telemetry;
using k8s;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// Lists all objects of one kind, then watches them from there on, for ever: a watch that ends is resumed where it stopped,
/// and what can't be resumed, or has gone without a list for five minutes, is listed anew.
/// </summary>
internal sealed class ResourceWatcher<T> : IResourceCache<T>, IHostedService, IDisposable
    where T : class, IMetadata<V1ObjectMeta>
{
    private readonly IResourceApi<T> _api;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResourceSnapshots<T> _snapshots = new();
    private readonly WatchHealth _health;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private volatile ListRequest _requested = new();

    // The loop's own. Nothing to resume: list first.
    private string? _resumeFrom;
    private long _listedAt;
    private TimeSpan _untilNextList;
    private int _listFailures;
    private int _watchFailures;

    public ResourceWatcher(IResourceApi<T> api, TimeProvider time, ILogger<ResourceWatcher<T>> logger)
    {
        _api = api;
        _time = time;
        _logger = logger;
        _health = new WatchHealth(api.Query.ToString(), time, logger, RaiseChanged);
    }

    public event Action? Changed;

    public IReadOnlyDictionary<ResourceName, T> Current => _snapshots.Current;

    public WatchStatus Status => _health.Status;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();

        // A host that is in a hurry does not wait; the loop ends by itself.
        await _loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Asks for a full list now. On return <see cref="Current"/> is what the API server answered, or <see cref="Status"/> says why not.
    /// </summary>
    public Task RelistAsync(CancellationToken cancellationToken)
    {
        ListRequest request = _requested;
        request.Make();
        return request.Answered.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        // Ends the loop if it was not stopped; a source without a timer of its own holds nothing else that needs disposing.
        _stop.Cancel();
    }

    private async Task RunAsync()
    {
        CancellationToken stopping = _stop.Token;
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan untilNextList = _untilNextList - _time.GetElapsedTime(_listedAt);
            TimeSpan pause = _resumeFrom is null || untilNextList <= TimeSpan.Zero || _requested.Made.IsCancellationRequested
                ? await ListAsync(stopping)
                : await WatchAsync(_resumeFrom, untilNextList, stopping);
            if (pause > TimeSpan.Zero)
                await PauseAsync(pause, stopping);
        }

        // Nobody will list any more.
        _requested.Answer();
    }

    private async Task<TimeSpan> ListAsync(CancellationToken stopping)
    {
        // Whoever asks from now on may have seen a change that this list misses.
        ListRequest request = Interlocked.Exchange(ref _requested, new ListRequest());
        _resumeFrom = null;
        try
        {
            var listed = new List<T>();
            ResourcePage<T> page = default;
            do
            {
                page = await _api.ListPageAsync(page.ContinueToken, stopping);
                foreach (T one in page.Items)
                    ObjectBulk.Drop(one);
                listed.AddRange(page.Items);
            }
            while (!string.IsNullOrEmpty(page.ContinueToken));

            bool areOthers = _snapshots.Replace(listed);
            _health.Listed(listed.Count, areOthers);
            _resumeFrom = page.ResourceVersion;
            _listedAt = _time.GetTimestamp();
            _untilNextList = WatchSchedule.UntilNextList();
            _listFailures = 0;
            return TimeSpan.Zero;
        }
        catch (Exception failure)
        {
            if (stopping.IsCancellationRequested)
                return TimeSpan.Zero;
            _listFailures++;
            return AfterFailure(ApiFailure.Of(failure, "list", _api.Query), _listFailures, ofWatch: false);
        }
        finally
        {
            request.Answer();
        }
    }

    private async Task<TimeSpan> WatchAsync(string from, TimeSpan untilNextList, CancellationToken stopping)
    {
        // A connection that is cut without a word stays open here, silent for ever: the next list ends that, too.
        using var nextList = new CancellationTokenSource(untilNextList, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, nextList.Token, _requested.Made);
        long begun = _time.GetTimestamp();
        var end = new ApiFailure(ApiFailureKind.Closed, "closed");
        try
        {
            await foreach ((WatchEventType type, T changed) in _api.WatchAsync(from, WatchSchedule.ServerTimeout(), ending.Token))
                Take(type, changed);
        }
        catch (Exception failure)
        {
            end = ApiFailure.Of(failure, "watch", _api.Query);
        }

        bool isSettled = _time.GetElapsedTime(begun) >= WatchSchedule.Settled;
        if (isSettled)
        {
            _watchFailures = 0;
            _health.Lasted();
        }

        if (ending.IsCancellationRequested)
        {
            _resumeFrom = null;
            return TimeSpan.Zero;
        }

        KubernetesLog.WatchEnded(_logger, Status.Kind, end.Message);
        _watchFailures++;
        return end.Kind is ApiFailureKind.Closed or ApiFailureKind.Cut
            ? AfterBreak(isSettled)
            : AfterFailure(end, _watchFailures, ofWatch: true);
    }

    private void Take(WatchEventType type, T changed)
    {
        bool isChange = type is WatchEventType.Added or WatchEventType.Modified or WatchEventType.Deleted;
        if (isChange)
        {
            ObjectBulk.Drop(changed);
            _snapshots.Apply(type, changed);
        }

        _resumeFrom = changed.Metadata.ResourceVersion;
        _watchFailures = 0;
        _health.Heard(isChange);
    }

    // Resumed once; one that breaks again before anything has come is not trusted to lead anywhere.
    private TimeSpan AfterBreak(bool isSettled)
    {
        if (_watchFailures > 1)
            _resumeFrom = null;
        return isSettled ? TimeSpan.Zero : WatchSchedule.PauseAfter(_watchFailures);
    }

    private TimeSpan AfterFailure(ApiFailure failure, int failures, bool ofWatch)
    {
        _resumeFrom = null;
        if (failure.Kind == ApiFailureKind.Expired)
            return failures == 1 ? TimeSpan.Zero : WatchSchedule.PauseAfter(failures);

        _health.Failed(failure, ofWatch);
        return failure.Kind switch
        {
            ApiFailureKind.Forbidden => WatchSchedule.PauseWhileForbidden(),
            ApiFailureKind.KindMissing => WatchSchedule.PauseWhileMissing(),
            _ => WatchSchedule.PauseAfter(failures),
        };
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, _requested.Made);
        await Task.Delay(pause, _time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void RaiseChanged()
    {
        try
        {
            Changed?.Invoke();
        }
        catch (Exception failed)
        {
            // Neither the loop nor a timer's thread may end by what a listener does.
            KubernetesLog.HandlerFailed(_logger, Status.Kind, failed);
        }
    }
}
