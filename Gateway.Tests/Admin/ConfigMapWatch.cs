using System.Threading.Channels;
using Gateway.Discovery.Kubernetes;
using k8s.Models;

namespace Gateway.Tests.Admin;

/// <summary>A watch of the fake API's ConfigMap: each version arrives, in order, on another thread, and not while it is held up.</summary>
internal sealed class ConfigMapWatch : IResourceCache<V1ConfigMap>, IDisposable
{
    private readonly ConfigMapApi _api;
    private readonly Channel<V1ConfigMap?> _events = Channel.CreateUnbounded<V1ConfigMap?>();
    private volatile TaskCompletionSource _flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ConfigMapWatch(ConfigMapApi api) => _api = api;

    public event Action? Changed;

    public IReadOnlyDictionary<ResourceName, V1ConfigMap> Current { get; private set; } = new Dictionary<ResourceName, V1ConfigMap>();

    public WatchStatus Status { get; private set; } = new("configmaps in llm-d", false, null, null, false);

    /// <param name="api">What to watch.</param>
    /// <param name="silent">True never delivers anything: the API server has not been reached yet.</param>
    public static ConfigMapWatch Of(ConfigMapApi api, bool silent = false)
    {
        var watch = new ConfigMapWatch(api);
        if (!silent)
        {
            api.Written += watch.Enqueue;
            watch.Show(api.Map);
            watch._flowing.SetResult();
            _ = watch.RunAsync();
        }

        return watch;
    }

    /// <summary>Shows a state at once.</summary>
    public void Show(V1ConfigMap? map)
    {
        Current = map is null ? new Dictionary<ResourceName, V1ConfigMap>() : new Dictionary<ResourceName, V1ConfigMap> { [ConfigMapApi.Name] = map };
        Status = Status with { Listed = true };
        Changed?.Invoke();
    }

    public void Fail(string? error)
    {
        Status = Status with { Error = error };
        Changed?.Invoke();
    }

    public void Hold() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _flowing.SetResult();

    public void Dispose()
    {
        _api.Written -= Enqueue;
        _events.Writer.TryComplete();
        _flowing.TrySetResult();
    }

    private void Enqueue(V1ConfigMap? map) => _events.Writer.TryWrite(map);

    private async Task RunAsync()
    {
        await foreach (V1ConfigMap? map in _events.Reader.ReadAllAsync())
        {
            await _flowing.Task;
            Show(map);
        }
    }
}
