using Gateway.Discovery;
using Gateway.Picking;
using Gateway.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Tests.Discovery;

/// <summary>The whole of discovery as the gateway wires it, with a clock and a mapping store of the test's own.</summary>
internal sealed class DiscoveryHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DiscoveryHarness(Action<IServiceCollection> addSources)
    {
        IServiceCollection services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IMappingStore>(Mappings)

            // The test's clock stands still, but changes are to arrive.
            .AddSingleton(new ChangeGatherer(TimeProvider.System))
            .AddDiscovery();
        addSources(services);
        _services = services.BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new();

    public MemoryMappings Mappings { get; } = new();

    public RouteTableMaintainer Maintainer => _services.GetRequiredService<RouteTableMaintainer>();

    public RouteTable Table => _services.GetRequiredService<RouteTableHolder>().Current;

    public EndpointRegistry Registry => _services.GetRequiredService<EndpointRegistry>();

    public static Task<DiscoveryHarness> StartAsync(params EngineOptions[] engines) => StartWithAsync(_ => { }, engines);

    public static async Task<DiscoveryHarness> StartWithAsync(Action<IServiceCollection> addSources, params EngineOptions[] engines)
    {
        var harness = new DiscoveryHarness(addSources);
        harness.Maintainer.Apply(engines, [], []);
        foreach (IHostedService service in harness._services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);

        // After the maintainer has subscribed, so that the table is rebuilt when this is told.
        harness._services.GetRequiredService<ChangeGatherer>().Due += () =>
            Interlocked.Exchange(ref harness._changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return harness;
    }

    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task changed = _changed.Task;
            if (condition())
                return;
            await changed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    public string[] Pairs() => [.. Table.Routes.Select(route => $"{route.Model} on {route.OwnedBy}")];

    public Task<DiscoveryReport> DiscoverAsync() => Maintainer.DiscoverAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Maintainer.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
