using System.Text.Json;
using Gateway.Discovery;

namespace Gateway.Tests.Admin;

public sealed class DiscoverAndStatusTests
{
    [Fact]
    public async Task Discover_ReportsWhatCameOfIt()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.Report = new DiscoveryReport(3, ["a on vllm"], ["b on sglang"], ["http://h:1: Connection refused"], TimeSpan.FromMilliseconds(12.7));
        AdminAnswer answer = await host.PostAsync("/admin/discover");
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"discovered":3,"added":["a on vllm"],"removed":["b on sglang"],"errors":["http://h:1: Connection refused"],"duration_ms":12}""",
            answer.Body.GetRawText());
    }

    [Fact]
    public async Task Discover_AsCurlSendsIt_NeedsNoLengthAndNoType()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        string answer = await host.ExchangeAsync(
            $"POST /admin/discover HTTP/1.1\r\nHost: localhost:{host.Port}\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.EndsWith("""{"discovered":0,"added":[],"removed":[],"errors":[],"duration_ms":0}""", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_ShowsDiscoveryAndEndpoints()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.IsReady = true;
        host.Discovery.Sources =
        [
            new SourceStatus("static", true, DateTimeOffset.UtcNow.AddMinutes(-1), 2, null),
            new SourceStatus("kubernetes", false, null, 0, "403 Forbidden"),
        ];
        host.Discovery.Live("http://10.0.0.2:8000").ReportUnreachable("Connection refused");
        host.Discovery.Live("http://10.0.0.1:8000").ReportReady();
        await host.PostAsync("/admin/api/routing", """{"model":"m","owned_by":"vllm","service_name":"s"}""");

        JsonElement status = (await host.GetAsync("/admin/api/status")).Body;

        Assert.Matches(@"^\d+\.\d+\.\d+(-[\w.]+)?$", status.GetProperty("version").GetString());
        Assert.True(status.GetProperty("uptime_seconds").GetDouble() >= 0);
        Assert.Equal(1, status.GetProperty("revision").GetInt64());
        Assert.Equal("[]", status.GetProperty("ignored").GetRawText());
        Assert.Equal("[]", status.GetProperty("mapping_problems").GetRawText());
        Assert.Equal(
            """[{"address":"10.0.0.1:8000","state":"ready","in_flight":0,"last_error":null},{"address":"10.0.0.2:8000","state":"ejected","in_flight":0,"last_error":"Connection refused"}]""",
            status.GetProperty("endpoints").GetRawText());

        JsonElement discovery = status.GetProperty("discovery");
        Assert.True(discovery.GetProperty("ready").GetBoolean());
        JsonElement listed = discovery.GetProperty("sources")[0];
        Assert.Equal("static", listed.GetProperty("name").GetString());
        Assert.True(listed.GetProperty("listed").GetBoolean());
        Assert.True(listed.GetProperty("staleness_seconds").GetDouble() >= 60);
        Assert.Equal(host.Discovery.Sources[0].LastListed, listed.GetProperty("last_listed").GetDateTimeOffset());
        Assert.Equal(2, listed.GetProperty("endpoints").GetInt32());
        Assert.Equal(
            """{"name":"kubernetes","listed":false,"last_listed":null,"staleness_seconds":null,"endpoints":0,"error":"403 Forbidden"}""",
            discovery.GetProperty("sources")[1].GetRawText());
    }

    [Fact]
    public async Task Status_ShowsWhatIsNoRoute_AndWhatContradictsItself()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.Ignored = [new IgnoredObject("pod", "llm-d", "p", "cordoned")];
        host.Discovery.Warnings =
            [new DiscoveryWarning(FakeDiscovery.Address("http://10.0.0.1:8000"), new EndpointOrigin("pod", "llm-d", "q"), "Its label says otherwise.")];

        JsonElement status = (await host.GetAsync("/admin/api/status")).Body;

        Assert.Equal("""[{"kind":"pod","namespace":"llm-d","name":"p","reason":"cordoned"}]""", status.GetProperty("ignored").GetRawText());
        Assert.Equal(
            """[{"address":"10.0.0.1:8000","origin":"pod llm-d/q","message":"Its label says otherwise."}]""",
            status.GetProperty("warnings").GetRawText());
    }
}
