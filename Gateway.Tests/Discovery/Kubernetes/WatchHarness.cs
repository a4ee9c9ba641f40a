using Gateway.Discovery.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>A watcher on a <see cref="FakeApiServer"/>, through the real client, on a clock that runs only as far as the watcher has to pause.</summary>
internal sealed class WatchHarness<T> : IAsyncDisposable
    where T : class, IMetadata<V1ObjectMeta>
{
    // Gathering and pauses are below it; above it is what a test is to pass by hand.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly IKubernetes _client;
    private TaskCompletionSource _changed = NewSignal();

    private WatchHarness(IKubernetes client, IResourceApi<T> api)
    {
        _client = client;
        Watcher = new ResourceWatcher<T>(api, Clock, NullLogger<ResourceWatcher<T>>.Instance);
        Watcher.Changed += () => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    public ManualClock Clock { get; } = new();

    public ResourceWatcher<T> Watcher { get; }

    public WatchStatus Status => Watcher.Status;

    public string[] Names => [.. Watcher.Current.Keys.Select(name => name.Name).Order(StringComparer.Ordinal)];

    /// <summary>Starts, and waits until everything is listed and the watch is open.</summary>
    public static async Task<WatchHarness<T>> WatchingAsync(FakeApiServer api, Func<KubernetesResources, IResourceApi<T>> kind)
    {
        WatchHarness<T> harness = await StartAsync(api, kind);
        await harness.UntilAsync(() => harness.Status.Listed);
        await api.UntilAsync(server => server.OpenWatches.Count > 0);
        return harness;
    }

    public static async Task<WatchHarness<T>> StartAsync(
        FakeApiServer api, Func<KubernetesResources, IResourceApi<T>> kind, string? token = null)
    {
        IKubernetes client = api.CreateClient(token);
        var harness = new WatchHarness<T>(client, kind(new KubernetesResources(client)));
        await harness.Watcher.StartAsync(CancellationToken.None);
        return harness;
    }

    /// <summary>Waits until the watcher has made it true, letting each of its pauses pass.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (condition())
                return;

            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            Task<TimeSpan> pause = Clock.UntilWaitedForAsync(left => left <= LongestPause, waiting.Token);
            await await Task.WhenAny(changed, pause);
            if (!changed.IsCompleted)
                Clock.Advance(await pause);
            await waiting.CancelAsync();
        }
    }

    /// <summary>Waits until the API server has been asked, letting each of the watcher's pauses pass.</summary>
    public async Task UntilAskedAsync(FakeApiServer api, Func<FakeApiServer, bool> condition)
    {
        Task asked = api.UntilAsync(condition);
        while (!asked.IsCompleted)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            Task<TimeSpan> pause = Clock.UntilWaitedForAsync(left => left <= LongestPause, waiting.Token);
            if (await Task.WhenAny(asked, pause) == pause)
                Clock.Advance(await pause);
            await waiting.CancelAsync();
        }

        await asked;
    }

    public async ValueTask DisposeAsync()
    {
        await Watcher.StopAsync(CancellationToken.None);
        Watcher.Dispose();
        _client.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
