using Gateway.Hosting;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Hosting;

public sealed class GatewayOptionsMonitorTests : IDisposable
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("Gateway:Engines:0:Url", "http://a:1"),
        new("Gateway:Retry:Connect", "2"),
    ]).Build();

    private readonly ManualClock _clock = new();
    private readonly LogLines<GatewayOptionsMonitor> _log = new();
    private readonly GatewayOptionsMonitor _monitor;
    private readonly List<GatewayOptions> _changes = [];

    public GatewayOptionsMonitorTests()
    {
        _monitor = new GatewayOptionsMonitor(_configuration, GatewayOptionsReader.Read(_configuration), _clock, _log);
        _monitor.Changed += _changes.Add;
    }

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public void AGoodChange_IsTakenOver()
    {
        Change("Engines:0:Url", "http://b:1");
        Change("Routing:Picker", "random");
        _clock.Advance(GatewayOptionsMonitor.Quiet);

        Assert.Equal("http://b:1", _monitor.Current.Engines[0].Url);
        Assert.Equal("random", _monitor.Current.Routing.Picker);
        Assert.Same(_monitor.Current, Assert.Single(_changes));
        Assert.Equal(["The configuration has changed and is in force: 1 engines, 0 mappings"], _log.Lines);
    }

    [Fact]
    public void ManyReloads_AreReadOnceTheyAreQuiet()
    {
        for (int i = 2; i < 6; i++)
        {
            Change("Engines:0:Url", $"http://b:{i}");
            _clock.Advance(GatewayOptionsMonitor.Quiet - TimeSpan.FromTicks(1));
            Assert.Empty(_changes);
        }

        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal("http://b:5", Assert.Single(_changes).Engines[0].Url);
    }

    [Fact]
    public void ABadChange_LeavesTheLastGoodOneInForce()
    {
        Change("Routing:Picker", "fastest");
        _clock.Advance(GatewayOptionsMonitor.Quiet);

        Assert.Equal("least-requests", _monitor.Current.Routing.Picker);
        Assert.Empty(_changes);
        string line = Assert.Single(_log.Lines);
        Assert.StartsWith("The configuration has changed, but can't be used; the one before stays in force: Gateway:Routing:Picker is 'fastest';", line, StringComparison.Ordinal);

        Change("Routing:Picker", "round-robin");
        _clock.Advance(GatewayOptionsMonitor.Quiet);

        Assert.Equal("round-robin", _monitor.Current.Routing.Picker);
    }

    [Fact]
    public void AChangeThatNeedsARestart_IsSaidAndLeftOut()
    {
        Change("Retry:Connect", "5");
        Change("Admin:Token", "secret");
        Change("Engines:1:Url", "http://b:1");
        _clock.Advance(GatewayOptionsMonitor.Quiet);

        Assert.Equal(2, _monitor.Current.Retry.Connect);
        Assert.Null(_monitor.Current.Admin.Token);
        Assert.Equal(2, Assert.Single(_changes).Engines.Count);
        Assert.Equal(
            [
                "The configuration has changed where only a restart takes it over: Gateway:Admin:Token, Gateway:Retry:Connect",
                "The configuration has changed and is in force: 2 engines, 0 mappings",
            ],
            _log.Lines);
    }

    [Fact]
    public void AReloadThatChangesNothing_IsPassedOver()
    {
        _configuration.Reload();
        _clock.Advance(GatewayOptionsMonitor.Quiet);

        Assert.Empty(_changes);
        Assert.Empty(_log.Lines);
    }

    private void Change(string key, string value)
    {
        _configuration[$"Gateway:{key}"] = value;
        _configuration.Reload();
    }
}
