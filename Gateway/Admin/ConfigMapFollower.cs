using System.Threading.Channels;
using Gateway.Discovery.Kubernetes;
using Gateway.Telemetry;
using k8s.Models;

namespace Gateway.Admin;

/// <summary>Takes up what other replicas and people write into the ConfigMap.</summary>
internal sealed class ConfigMapFollower : IDisposable
{
    // Long enough for a watch that is merely behind to catch up and for one replica to be the first to settle an edit by hand,
    // and short against the 2 s in which every replica is to have it.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(10);

    private readonly IResourceCache<V1ConfigMap> _cache;
    private readonly ResourceName _name;
    private readonly ConfigMapView _view;
    private readonly Func<CancellationToken, Task> _settle;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _unclear = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile string? _trouble;

    /// <param name="cache">Fed by a watch.</param>
    /// <param name="name">Which ConfigMap.</param>
    /// <param name="view">What is shown of it.</param>
    /// <param name="settle">Asks the API server, shows what it says, and writes the revision of what was edited by hand.</param>
    /// <param name="time">For the pauses.</param>
    /// <param name="logger">The store's.</param>
    public ConfigMapFollower(
        IResourceCache<V1ConfigMap> cache, ResourceName name, ConfigMapView view, Func<CancellationToken, Task> settle, TimeProvider time, ILogger logger)
    {
        _cache = cache;
        _name = name;
        _view = view;
        _settle = settle;
        _time = time;
        _logger = logger;
        _ = RunAsync(_stopping.Token);
        cache.Changed += Follow;
        Follow();
    }

    /// <summary>Whether the watch has told what there is, or may not look and will not.</summary>
    public bool IsListed => _cache.Status is { Listed: true } or { FailedForGood: true };

    /// <summary>Why what is shown may be behind; null when it is not known to be.</summary>
    public string? Trouble => _cache.Status.Error ?? _trouble;

    public void Dispose()
    {
        _cache.Changed -= Follow;

        // Not disposed: it has no timer, and whoever owns the store may dispose of it twice.
        _stopping.Cancel();
    }

    private void Follow()
    {
        if (!TryFollow())
            _unclear.Writer.TryWrite(true);
    }

    // Before the first list an absent ConfigMap means nothing.
    private bool TryFollow() => !_cache.Status.Listed || _view.TryFollow(_cache.Current.GetValueOrDefault(_name));

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (bool _ in _unclear.Reader.ReadAllAsync(stopping))
                await CatchUpAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task CatchUpAsync(CancellationToken stopping)
    {
        TimeSpan pause = LeastPause;
        while (true)
        {
            await Task.Delay(pause * (1 + Random.Shared.NextDouble()), _time, stopping);
            if (TryFollow() || await TrySettleAsync(stopping))
                break;
            pause = pause * 2 < MostPause ? pause * 2 : MostPause;
        }

        _trouble = null;
    }

    private async Task<bool> TrySettleAsync(CancellationToken stopping)
    {
        try
        {
            await _settle(stopping);
            return true;
        }
        catch (MappingStoreException failed)
        {
            if (failed.Message != _trouble)
                AdminLog.MappingsNotFollowed(_logger, _name, failed.Message);
            _trouble = failed.Message;
            return false;
        }
    }
}
