using System.Text.Json;
using Gateway.Picking;

namespace Gateway.Tests.Admin;

public sealed class CordonTests
{
    [Theory]
    [InlineData("http://10.0.0.7:8000", "10.0.0.7:8000")]
    [InlineData("http://10.0.0.7:8000", "10.0.0.7%3A8000")]
    [InlineData("http://[fd00::7]:8000", "[fd00::7]:8000")]
    [InlineData("http://[fd00::7]:8000", "%5BFD00:0::7%5D%3A8000")]
    [InlineData("https://engine.example", "Engine.Example:443")]
    [InlineData("http://engine.example", "engine.example")]
    public async Task ACordonedEndpoint_TakesNothing_UntilItIsUncordoned(string url, string address)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        LiveEndpoint endpoint = host.Discovery.Live(url);
        endpoint.ReportReady();
        LiveEndpoint other = host.Discovery.Live("http://10.0.0.8:8000");

        // Twice is as good as once.
        for (int i = 0; i < 2; i++)
        {
            AdminAnswer answer = await host.PostAsync($"/admin/api/endpoints/{address}/cordon");
            Assert.Equal((204, JsonValueKind.Undefined), (answer.Status, answer.Body.ValueKind));
            Assert.Equal((false, EndpointState.Draining), (endpoint.IsAvailable, endpoint.State));
        }

        Assert.True(other.IsAvailable);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(204, (await host.PostAsync($"/admin/api/endpoints/{address}/uncordon")).Status);
            Assert.Equal((true, EndpointState.Ready), (endpoint.IsAvailable, endpoint.State));
        }
    }

    [Fact]
    public async Task RunningRequestsGoOn_AndTheStatusShowsThem()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        LiveEndpoint endpoint = host.Discovery.Live("http://10.0.0.7:8000");
        endpoint.BeginRequest();
        await host.PostAsync("/admin/api/endpoints/10.0.0.7:8000/cordon");

        JsonElement status = (await host.GetAsync("/admin/api/status")).Body;
        Assert.Equal(
            """[{"address":"10.0.0.7:8000","state":"draining","in_flight":1,"last_error":null}]""",
            status.GetProperty("endpoints").GetRawText());
    }

    [Fact]
    public async Task BothEndpointsOfOneAddress_AreMeant()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        LiveEndpoint[] endpoints = [host.Discovery.Live("http://10.0.0.7:8000"), host.Discovery.Live("https://10.0.0.7:8000")];
        await host.PostAsync("/admin/api/endpoints/10.0.0.7:8000/cordon");
        Assert.All(endpoints, endpoint => Assert.True(endpoint.IsCordoned));
    }

    [Theory]
    [InlineData("10.0.0.7:8001", "cordon")]
    [InlineData("10.0.0.7:8001", "uncordon")]
    [InlineData("10.0.0.7", "cordon")]
    [InlineData("10.0.0.7:8000%2F", "cordon")]
    [InlineData("user@10.0.0.7:8000", "cordon")]
    [InlineData("no address", "cordon")]
    public async Task AnUnknownAddress_Is404(string address, string call)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        LiveEndpoint endpoint = host.Discovery.Live("http://10.0.0.7:8000");
        AdminAnswer answer = await host.PostAsync($"/admin/api/endpoints/{address}/{call}");
        Assert.Equal((404, "endpoint_not_found"), (answer.Status, answer.ErrorCode));
        Assert.False(endpoint.IsCordoned);
    }

    [Fact]
    public async Task AStranger_CordonsNothing()
    {
        await using AdminHost host = await AdminHost.StartAsync(new() { Token = "secret" });
        LiveEndpoint endpoint = host.Discovery.Live("http://10.0.0.7:8000");
        Assert.Equal(401, (await host.PostAsync("/admin/api/endpoints/10.0.0.7:8000/cordon")).Status);
        Assert.False(endpoint.IsCordoned);
    }
}
