using Gateway.Discovery.Kubernetes;
using Gateway.Routing;
using Gateway.Telemetry;
using k8s.Models;

namespace Gateway.Admin;

/// <summary>
/// Keeps the mappings in a ConfigMap, one key each: the store in a cluster, shared by all replicas. A write reads the ConfigMap, patches its
/// own key and the revision on condition that nothing has changed in between, and begins again if something has. People may edit it too
/// (<see cref="ConfigMapRevision"/>); what they get wrong is told in <see cref="Problems"/>.
/// </summary>
internal sealed class ConfigMapMappingStore : IMappingStore, IMappingProblems, IDisposable
{
    // The API server takes 1 MiB; the rest is left to hands that repair something.
    public const int LargestSize = 900 * 1024;

    // Each lost race is a write that another has won, so many replicas writing at once still get done; with two, half of the races are won.
    private const int MostAttempts = 30;

    private static readonly TimeSpan MostBackOff = TimeSpan.FromMilliseconds(300);

    private readonly ConfigMapCalls _calls;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigMapMappingStore> _logger;
    private readonly ConfigMapView _view;
    private readonly ConfigMapFollower _follower;

    // One at a time within this replica: its own writes need not race each other.
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Guarded by _turn.
    private (long At, string Message)? _lastTimeout;

    /// <param name="calls">Reads and writes the ConfigMap.</param>
    /// <param name="cache">Watches it; may hold others.</param>
    /// <param name="forbidden">Where no mapping may lead, whoever wrote it.</param>
    /// <param name="time">For time-outs and pauses.</param>
    /// <param name="logger">For what is refused.</param>
    public ConfigMapMappingStore(
        ConfigMapCalls calls, IResourceCache<V1ConfigMap> cache, ForbiddenAddresses forbidden, TimeProvider time, ILogger<ConfigMapMappingStore> logger)
    {
        _calls = calls;
        _time = time;
        _logger = logger;
        _view = new ConfigMapView(forbidden, logger);
        _follower = new ConfigMapFollower(cache, calls.Name, _view, SettleAsync, time, logger);
    }

    public event Action? Changed
    {
        add => _view.Changed += value;
        remove => _view.Changed -= value;
    }

    public MappingSnapshot Current => _view.Content.Snapshot;

    public bool IsLoaded => _follower.IsListed;

    public IReadOnlyList<MappingProblem> Problems =>
        _follower.Trouble is { } trouble ? [new MappingProblem(null, trouble), .. _view.Content.Problems] : _view.Content.Problems;

    public Task<MappingWrite> PutAsync(Mapping mapping, long? expectedRevision, CancellationToken cancellationToken) => WriteAsync(
        before =>
        {
            MappingWrite write = MappingLedger.Put(before.Snapshot, mapping, expectedRevision);
            return new Plan(write, IsRefused(write, before) ? null : before.Put(mapping, write.Snapshot.Revision));
        },
        cancellationToken);

    public Task<MappingWrite> DeleteAsync(MappingKey key, long? expectedRevision, CancellationToken cancellationToken) => WriteAsync(
        before =>
        {
            MappingWrite write = MappingLedger.Delete(before.Snapshot, key, expectedRevision);
            return new Plan(write, IsRefused(write, before) ? null : before.Delete(key, write.Snapshot.Revision));
        },
        cancellationToken);

    public void Dispose() => _follower.Dispose();

    private static bool IsRefused(MappingWrite write, ConfigMapContent before) => ReferenceEquals(write.Snapshot, before.Snapshot);

    private async Task<MappingWrite> WriteAsync(Func<ConfigMapContent, Plan> decide, CancellationToken cancellationToken)
    {
        try
        {
            return await InTurnAsync(decide, cancellationToken);
        }
        catch (MappingStoreException failed)
        {
            AdminLog.MappingsNotWritten(_logger, $"ConfigMap {_calls.Name}", failed.Message);
            return new MappingWrite(failed.Outcome, Current, failed.Message);
        }
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        bool byHand = false;
        MappingWrite settled = await InTurnAsync(
            before =>
            {
                byHand = before.Exists && !before.IsSettled;
                return new Plan(new MappingWrite(MappingWriteOutcome.Replaced, before.Snapshot), byHand ? before.Settle() : null);
            },
            cancellationToken);
        if (byHand)
            AdminLog.MappingsEdited(_logger, _calls.Name, settled.Snapshot.Revision);
    }

    private async Task<MappingWrite> InTurnAsync(Func<ConfigMapContent, Plan> decide, CancellationToken cancellationToken)
    {
        long waiting = _time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // While the API server hangs, those who wait behind the first must not wait for one time-out after the other.
            if (_lastTimeout is { } timeout && timeout.At > waiting)
                throw new MappingStoreException(MappingWriteOutcome.Unavailable, timeout.Message);
            return await RetryAsync(decide);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<MappingWrite> RetryAsync(Func<ConfigMapContent, Plan> decide)
    {
        try
        {
            for (int attempt = 0; attempt < MostAttempts; attempt++)
            {
                if (attempt > 0)
                    await BackOffAsync(attempt);
                if (await TryAsync(decide) is { } write)
                    return write;
            }
        }
        catch (MappingStoreException failed) when (failed.InnerException is OperationCanceledException)
        {
            _lastTimeout = (_time.GetTimestamp(), failed.Message);
            throw;
        }

        throw new MappingStoreException(
            MappingWriteOutcome.Unavailable, $"the ConfigMap {_calls.Name} was changed by others during each of {MostAttempts} attempts");
    }

    /// <returns>Null when somebody else has written in between.</returns>
    private async Task<MappingWrite?> TryAsync(Func<ConfigMapContent, Plan> decide)
    {
        // Taken before the read: what is read then comes after it, and can't be mistaken for an older state.
        ConfigMapContent shown = _view.Content;
        ConfigMapContent before = _view.Read(await _calls.ReadAsync(), shown);
        _view.Show(before);

        (MappingWrite write, ConfigMapChange? change) = decide(before);
        if (change is null)
            return write;
        if (change is { Size: > LargestSize, Grows: true })
        {
            throw new MappingStoreException(
                MappingWriteOutcome.StoreFull, $"the ConfigMap {_calls.Name} would hold {change.Size} bytes, and {LargestSize} are allowed");
        }

        V1ConfigMap? kept = before.Exists ? await _calls.PatchAsync(change.ToPatch()) : await _calls.CreateAsync(change.ToNew(_calls.Name));
        if (kept is null)
            return null;

        ConfigMapContent after = _view.Read(kept, before);
        _view.Show(after);
        return write with { Snapshot = after.Snapshot };
    }

    // Jittered: replicas that have met once must not meet again.
    private Task BackOffAsync(int attempt)
    {
        double most = Math.Min(MostBackOff.TotalMilliseconds, 10 * Math.Pow(2, attempt));
        return Task.Delay(TimeSpan.FromMilliseconds(most * Random.Shared.NextDouble()), _time, CancellationToken.None);
    }

    /// <param name="Write">What the caller is told.</param>
    /// <param name="Change">What has to be kept first; null when nothing.</param>
    private readonly record struct Plan(MappingWrite Write, ConfigMapChange? Change);
}
