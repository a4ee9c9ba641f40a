using System.Net;
using System.Text.Json;
using Gateway.Routing;

namespace Gateway.Tests.Admin;

public sealed class RoutingCallsTests
{
    private const string Path = "/admin/api/routing";

    [Fact]
    public async Task List_ShowsDiscoveredRouteWithItsEndpoints()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddDiscovered("org/model", "vllm", "http://10.0.0.1:8000", "http://10.0.0.2:8000");
        host.Discovery.Live("http://10.0.0.1:8000").ReportReady();
        host.Discovery.Live("http://10.0.0.1:8000").BeginRequest();
        host.Discovery.Live("http://10.0.0.2:8000").ReportUnreachable("Connection refused");

        AdminAnswer answer = await host.GetAsync(Path);

        Assert.Equal(200, answer.Status);
        Assert.Equal("\"0\"", answer.ETag);
        Assert.Equal("application/json", answer.ContentHeaders.ContentType?.ToString());
        Assert.Equal(
            """{"object":"list","revision":0,"data":[{"model":"org/model","owned_by":"vllm","service_name":null,"namespace":null,"source":"discovered","target_model":null,"weight":1,"priority":0,"endpoints":[{"address":"10.0.0.1:8000","state":"ready","in_flight":1,"last_error":null},{"address":"10.0.0.2:8000","state":"ejected","in_flight":0,"last_error":"Connection refused"}]}]}""",
            answer.Body.GetRawText());
    }

    [Fact]
    public async Task Head_AnswersAsGetWithoutBody()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer answer = await host.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path));
        Assert.Equal(200, answer.Status);
        Assert.Equal("\"0\"", answer.ETag);
        Assert.Equal(JsonValueKind.Undefined, answer.Body.ValueKind);
    }

    [Fact]
    public async Task Post_OfServiceThatIsNotThereYet_IsAcceptedAndListedBesideTheDiscoveredRoute()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddDiscovered("meta-llama/Llama-3.2-1B-Instruct", "vllm", "http://10.0.0.1:8000");

        AdminAnswer posted = await host.PostAsync(Path, """
            {
                "model": "meta-llama/Llama-3.2-1B-Instruct",
                "owned_by": "vllm",
                "service_name": "ms-llama-32-1b-llm-d-modelservice-decode"
              }
            """);
        AdminAnswer listed = await host.GetAsync(Path);

        Assert.Equal(201, posted.Status);
        Assert.Equal("\"1\"", posted.ETag);
        Assert.Equal(
            """{"model":"meta-llama/Llama-3.2-1B-Instruct","owned_by":"vllm","service_name":"ms-llama-32-1b-llm-d-modelservice-decode","namespace":null,"source":"admin","target_model":null,"weight":1,"priority":0,"endpoints":[]}""",
            posted.Body.GetRawText());
        Assert.Equal(1, listed.Body.GetProperty("revision").GetInt64());
        Assert.Equal("\"1\"", listed.ETag);
        Assert.Equal(["admin", "discovered"], listed.Data.Select(entry => entry.GetProperty("source").GetString()));
        Assert.Equal(posted.Body.GetRawText(), listed.Data[0].GetRawText());
    }

    [Fact]
    public async Task Post_WithTimeouts_ShowsThem()
    {
        await using AdminHost host = await AdminHost.StartAsync();

        AdminAnswer posted = await host.PostAsync(
            Path, """{"model":"m","owned_by":"vllm","endpoints":["http://10.0.0.9:9000"],"timeouts":{"total":"00:01:00","idle":"00:00:05"}}""");
        AdminAnswer listed = await host.GetAsync(Path);

        Assert.Equal(201, posted.Status);
        Assert.Equal("""{"idle":"00:00:05","total":"00:01:00"}""", posted.Body.GetProperty("timeouts").GetRawText());
        Assert.Equal(posted.Body.GetRawText(), Assert.Single(listed.Data).GetRawText());
    }

    [Fact]
    public async Task Post_OfEndpoints_WorksAtOnce()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddDiscovered("m", "vllm", "http://10.0.0.1:8000");

        AdminAnswer posted = await host.PostAsync(
            Path, """{"model":"m","owned_by":"VLLM","endpoints":["http://10.0.0.9:9000"],"target_model":"m-fp8","weight":3,"priority":-2,"namespace":"team-a"}""");
        AdminAnswer listed = await host.GetAsync(Path);

        Assert.Equal(201, posted.Status);
        Assert.Equal(
            """{"model":"m","owned_by":"VLLM","service_name":null,"namespace":"team-a","source":"admin","target_model":"m-fp8","weight":3,"priority":-2,"endpoints":[{"address":"10.0.0.9:9000","state":"unknown","in_flight":0,"last_error":null}]}""",
            posted.Body.GetRawText());
        Assert.Equal(posted.Body.GetRawText(), Assert.Single(listed.Data).GetRawText());
    }

    [Fact]
    public async Task Post_OfCanary_ShowsItsTargets()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.Services["blue"] = "http://10.0.0.1:8000";

        AdminAnswer posted = await host.PostAsync(
            Path,
            """{"model":"m","owned_by":"vllm","targets":[{"service_name":"blue","weight":9},{"endpoints":["http://10.0.0.2:8000/"],"target_model":"m2","weight":1},{"service_name":"green","weight":0}]}""");

        Assert.Equal(201, posted.Status);
        Assert.Equal(
            """[{"service_name":"blue","weight":9},{"endpoints":["http://10.0.0.2:8000"],"target_model":"m2","weight":1},{"service_name":"green","weight":0}]""",
            posted.Body.GetProperty("targets").GetRawText());
        Assert.Equal(
            [("10.0.0.1:8000", "m"), ("10.0.0.2:8000", "m2")],
            posted.Body.GetProperty("endpoints").EnumerateArray()
                .Select(endpoint => (endpoint.GetProperty("address").GetString()!, endpoint.GetProperty("target_model").GetString()!)));
    }

    [Fact]
    public async Task Post_OfSamePairUnderAnotherNameOfTheEngine_Replaces()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer first = await host.PostAsync(Path, """{"model":"m","owned_by":"trtllm-serve","endpoints":["http://10.0.0.1:8000"]}""");
        AdminAnswer second = await host.PostAsync(Path, """{"model":"m","owned_by":"TensorRT_LLM","endpoints":["http://10.0.0.2:8000"]}""");
        AdminAnswer otherModel = await host.PostAsync(Path, """{"model":"M","owned_by":"trtllm","endpoints":["http://10.0.0.2:8000"]}""");

        Assert.Equal((201, 200, 201), (first.Status, second.Status, otherModel.Status));
        Assert.Equal("\"2\"", second.ETag);
        Assert.Equal("TensorRT_LLM", second.Body.GetProperty("owned_by").GetString());
        Assert.Equal(2, (await host.GetAsync(Path)).Data.Length);
    }

    [Fact]
    public async Task Post_OverConfiguredPair_IsKeptAndShownAsShadowed()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddConfigured(new Mapping { Model = "m", OwnedBy = "vllm", Endpoints = [FakeDiscovery.Address("http://10.0.0.1:8000")] });

        AdminAnswer posted = await host.PostAsync(Path, """{"model":"m","owned_by":"vllm","endpoints":["http://10.0.0.2:8000"]}""");
        JsonElement[] listed = (await host.GetAsync(Path)).Data;

        Assert.Equal(201, posted.Status);
        Assert.Equal("config", posted.Body.GetProperty("shadowed_by").GetString());
        Assert.Equal(["config", "admin"], listed.Select(entry => entry.GetProperty("source").GetString()));
        Assert.False(listed[0].TryGetProperty("shadowed_by", out _));
    }

    [Fact]
    public async Task List_ShowsConfiguredMappingThatResolvesToNothing()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddConfigured(new Mapping { Model = "m", OwnedBy = "vllm", ServiceName = "absent" });
        JsonElement entry = Assert.Single((await host.GetAsync(Path)).Data);
        Assert.Equal("config", entry.GetProperty("source").GetString());
        Assert.Equal("absent", entry.GetProperty("service_name").GetString());
        Assert.Equal(0, entry.GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task Delete_BringsTheDiscoveredRouteBack()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddDiscovered("org/model", "tensorrt_llm", "http://10.0.0.1:8000");
        await host.PostAsync(Path, """{"model":"org/model","owned_by":"tensorrt_llm","endpoints":["http://10.0.0.2:8000"]}""");
        Assert.Equal("admin", Assert.Single((await host.GetAsync(Path)).Data).GetProperty("source").GetString());

        AdminAnswer deleted = await host.DeleteAsync("?model=org%2Fmodel&owned_by=TRTLLM");
        AdminAnswer again = await host.DeleteAsync("?model=org/model&owned_by=trtllm");

        Assert.Equal(204, deleted.Status);
        Assert.Equal("\"2\"", deleted.ETag);
        Assert.Equal(JsonValueKind.Undefined, deleted.Body.ValueKind);
        Assert.Equal("discovered", Assert.Single((await host.GetAsync(Path)).Data).GetProperty("source").GetString());
        Assert.Equal((409, "mapping_not_removable"), (again.Status, again.ErrorCode));
    }

    [Fact]
    public async Task Delete_OfNothing_Is404_AndOfConfigured409()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Discovery.AddConfigured(new Mapping { Model = "configured", OwnedBy = "vllm", ServiceName = "absent" });

        AdminAnswer missing = await host.DeleteAsync("?model=m&owned_by=vllm");
        AdminAnswer configured = await host.DeleteAsync("?model=configured&owned_by=vLLM");

        Assert.Equal((404, "mapping_not_found"), (missing.Status, missing.ErrorCode));
        Assert.Equal((409, "mapping_not_removable"), (configured.Status, configured.ErrorCode));
        Assert.Equal(0, host.Store.Current.Revision);
    }

    [Theory]
    [InlineData("", "model")]
    [InlineData("?owned_by=vllm", "model")]
    [InlineData("?model=m", "owned_by")]
    [InlineData("?model=m&owned_by=", "owned_by")]
    [InlineData("?model=m&model=n&owned_by=vllm", "model")]
    public async Task Delete_NamesTheParameterAtFault(string query, string parameter)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer answer = await host.DeleteAsync(query);
        Assert.Equal((400, "invalid_mapping", parameter), (answer.Status, answer.ErrorCode, answer.ErrorParam));
    }

    [Theory]
    [InlineData("\"0\"", 412)]
    [InlineData("\"1\"", 0)]
    [InlineData("\"0\", \"1\"", 0)]
    [InlineData("*", 0)]
    [InlineData("W/\"1\"", 412)] // A weak tag never matches strongly (RFC 9110 §13.1.1).
    [InlineData("\"other\"", 412)]
    [InlineData("1", 400)]
    [InlineData("\"1", 400)]
    public async Task IfMatch_IsHonouredByPostAndDelete(string ifMatch, int refusal)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        const string Mapping = """{"model":"m","owned_by":"vllm","endpoints":["http://10.0.0.1:8000"]}""";
        await host.PostAsync(Path, Mapping);

        AdminAnswer deleted = await host.DeleteAsync("?model=m&owned_by=vllm", ifMatch);
        Assert.Equal(refusal == 0 ? 204 : refusal, deleted.Status);
        if (refusal == 412)
            Assert.Equal(("stale_revision", "\"1\""), (deleted.ErrorCode, deleted.ETag));
        if (refusal == 400)
            Assert.Equal("If-Match", deleted.ErrorParam);

        // The delete has moved the revision on, unless it was refused.
        AdminAnswer posted = await host.PostAsync(Path, Mapping, ifMatch.Replace("1", deleted.Status == 204 ? "2" : "1", StringComparison.Ordinal));
        Assert.Equal(refusal == 0 ? 201 : refusal, posted.Status);
        Assert.Equal(refusal == 0 ? 3 : 1, host.Store.Current.Revision);
    }

    [Fact]
    public async Task TwoWritersWithTheSameIfMatch_OneWins()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Task<AdminAnswer>[] writes = [.. Enumerable.Range(0, 8).Select(number => host.PostAsync(
            Path, $$"""{"model":"m{{number}}","owned_by":"vllm","endpoints":["http://10.0.0.1:8000"]}""", "\"0\""))];
        int[] statuses = [.. (await Task.WhenAll(writes)).Select(answer => answer.Status).Order()];
        Assert.Equal([201, 412, 412, 412, 412, 412, 412, 412], statuses);
        Assert.Single(host.Store.Current.Mappings);
    }

    [Fact]
    public async Task Post_OverOneMebibyte_Is413()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        string tooLarge = $$"""{"model":"{{new string('m', 1024 * 1024)}}"}""";
        AdminAnswer withLength = await host.PostAsync(Path, tooLarge);
        var chunked = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(tooLarge) };
        chunked.Headers.TransferEncodingChunked = true;
        AdminAnswer withoutLength = await host.SendAsync(chunked);

        Assert.Equal((413, "request_too_large"), (withLength.Status, withLength.ErrorCode));
        Assert.Equal((413, "request_too_large"), (withoutLength.Status, withoutLength.ErrorCode));
    }

    [Fact]
    public async Task Post_WithBodyOfHttp10Client_IsRead()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Version = HttpVersion.Version10,
            Content = new StringContent("""{"model":"m","owned_by":"vllm","service_name":"s"}"""),
        };
        Assert.Equal(201, (await host.SendAsync(request)).Status);
    }
}
