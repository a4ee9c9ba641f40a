using System.Net;
using System.Text.Json;
using Gateway.Picking;
using Gateway.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Which endpoints an explanation has in, which out and why, and that requests then go where it says.</summary>
public sealed class ExplainedChoiceTests
{
    private static readonly PlainRequest Request = new(ChatBody.Unary);

    [Fact]
    public async Task EndpointsThatAreOut_AreToldWithTheirReason_AndTheOthersServe()
    {
        await using CapturingEngine well = CapturingEngine.Start();
        await using CapturingEngine cordoned = CapturingEngine.Start();
        await using CapturingEngine failing = CapturingEngine.Start();
        await using CapturingEngine gone = CapturingEngine.Start();
        await using TestGateway gateway = await StartAsync(well, cordoned, failing, gone);
        await CordonAsync(gateway, cordoned);
        EndpointOf(gateway, gone).ReportUnreachable("Connection refused");
        for (int i = 0; i < EndpointHealth.FailuresToEject; i++)
            EndpointOf(gateway, failing).ReportFailure("answered 503", new RequestBlame());

        JsonElement told = await Request.ExplainAsync(gateway);

        Assert.Equal((true, "ready", null), Candidate(told, well));
        Assert.Equal((false, "draining", "cordoned"), Candidate(told, cordoned));
        Assert.Equal((false, "ejected", "ejected: failed requests"), Candidate(told, failing));
        Assert.Equal((false, "ejected", "ejected: takes no connection, or its probe failed"), Candidate(told, gone));
        Assert.Equal(well.Url.Authority, told.GetProperty("choice").GetProperty("address").GetString());

        await CordonAsync(gateway, well);
        EndpointOf(gateway, failing).IsCordoned = true;
        told = await Request.ExplainAsync(gateway);
        Assert.DoesNotContain(told.GetProperty("candidates").EnumerateArray(), candidate => candidate.GetProperty("in").GetBoolean());
        Assert.Equal(JsonValueKind.Null, told.GetProperty("choice").ValueKind);
        Assert.Equal(
            """{"status":503,"type":"server_error","code":"no_ready_endpoint","param":null,"message":"No endpoint of the model 'm' on 'vllm' takes requests at the moment."}""",
            told.GetProperty("refusal").GetRawText());
        Assert.Equal(0, well.Requests + cordoned.Requests + failing.Requests + gone.Requests);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task Tiers_AreToldInTheirOrder_WithTheReason()
    {
        await using CapturingEngine a = CapturingEngine.Start(ownedBy: "a");
        await using CapturingEngine b = CapturingEngine.Start(ownedBy: "b");
        await using CapturingEngine c = CapturingEngine.Start(ownedBy: "c");
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            $"--engine={a.Url}",
            $"--engine={b.Url}",
            "--Gateway:Routing:DefaultOwnedBy:0=B",
            "--Gateway:Mappings:0:Model=m",
            "--Gateway:Mappings:0:OwnedBy=c",
            $"--Gateway:Mappings:0:Endpoints:0={c.Url}",
            "--Gateway:Mappings:0:Weight=0");

        JsonElement told = await Request.ExplainAsync(gateway);
        Assert.Equal(
            ["b 1 its place in Gateway:Routing:DefaultOwnedBy", "a 2 its priority", "c  its weight is 0"],
            told.GetProperty("routes").EnumerateArray().Select(route => $"{route.GetProperty("owned_by")} {route.GetProperty("tier")} {route.GetProperty("reason")}"));
        Assert.Equal((true, "ready", null), Candidate(told, b));
        Assert.Equal((false, "ready", "an earlier tier serves"), Candidate(told, a));

        for (int i = 0; i < EndpointHealth.FailuresToEject; i++)
            EndpointOf(gateway, b).ReportFailure("answered 503", new RequestBlame());
        told = await Request.ExplainAsync(gateway);
        Assert.Equal((false, "ejected", "all endpoints of its tier fail, and those of a later one do better"), Candidate(told, b));
        Assert.Equal("a", told.GetProperty("choice").GetProperty("owned_by").GetString());

        told = await (Request with { Query = "?owned_by=c" }).ExplainAsync(gateway);
        Assert.Equal(
            ["c 1 the request names its engine", "a  the request names another engine", "b  the request names another engine"],
            told.GetProperty("routes").EnumerateArray().Select(route => $"{route.GetProperty("owned_by")} {route.GetProperty("tier")} {route.GetProperty("reason")}"));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task LeastRequests_TellsWhatRunsAtEachEndpoint()
    {
        await using CapturingEngine busy = CapturingEngine.Start();
        await using CapturingEngine idle = CapturingEngine.Start();
        await using TestGateway gateway = await StartAsync(busy, idle);
        EndpointOf(gateway, busy).BeginRequest();

        JsonElement told = await Request.ExplainAsync(gateway);

        Assert.Equal("least-requests", told.GetProperty("policy").GetString());
        Assert.Equal([("1", 1), ("0", 0)], told.GetProperty("candidates").EnumerateArray()
            .OrderByDescending(candidate => candidate.GetProperty("address").GetString() == busy.Url.Authority)
            .Select(candidate => (candidate.GetProperty("score").GetRawText(), candidate.GetProperty("in_flight").GetInt32())));
        Assert.Equal(idle.Url.Authority, told.GetProperty("choice").GetProperty("address").GetString());
        EndpointOf(gateway, busy).EndRequest();
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("round-robin")]
    [InlineData("random")]
    public async Task OtherPolicies_HaveNoScore_AndAreNotMovedOn(string policy)
    {
        await using CapturingEngine a = CapturingEngine.Start();
        await using CapturingEngine b = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            $"--engine={a.Url}", $"--engine={b.Url}", $"--Gateway:Routing:Picker={policy}", "--Gateway:ExposeEndpoint=true");

        for (int i = 0; i < 6; i++)
        {
            JsonElement told = await Request.ExplainAsync(gateway);
            Assert.Equal(policy, told.GetProperty("policy").GetString());
            Assert.All(told.GetProperty("candidates").EnumerateArray(), candidate => Assert.Equal(JsonValueKind.Null, candidate.GetProperty("score").ValueKind));
            string? chosen = told.GetProperty("choice").GetProperty("address").GetString();
            Assert.Contains(chosen, (string[])[a.Url.Authority, b.Url.Authority]);
            RawMessage answer = await Request.SendAsync(gateway);
            if (policy == "round-robin")
                Assert.Equal(chosen, answer.Header("x-gateway-destination-endpoint-served"));
        }

        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(0, "refused", 429)]
    [InlineData(1, "waits", 0)]
    public async Task ARouteWithoutAPlace_IsTold_AndNoneIsTaken(int maxQueue, string outcome, int status)
    {
        using var release = new SemaphoreSlim(0);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await release.WaitAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync(CapturingEngine.Ok);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Limits:MaxInFlight=1", $"--Gateway:Limits:MaxQueue={maxQueue}"], engine);

        JsonElement told = await Request.ExplainAsync(gateway);
        Assert.Equal("runs at once", told.GetProperty("admission").GetProperty("outcome").GetString());
        Task<RawMessage> running = Request.SendAsync(gateway);
        await TestTime.UntilAsync(() => engine.Requests == 1, "the engine has the request");
        for (int i = 0; i < 3; i++)
        {
            told = await Request.ExplainAsync(gateway);
            Assert.Equal(outcome, told.GetProperty("admission").GetProperty("outcome").GetString());
            Assert.Equal(0, told.GetProperty("admission").GetProperty("waiting").GetInt32());
            Assert.Equal(1, told.GetProperty("admission").GetProperty("in_flight").GetInt32());
            JsonElement refusal = told.GetProperty("refusal");
            Assert.Equal(status, refusal.ValueKind == JsonValueKind.Null ? 0 : refusal.GetProperty("status").GetInt32());
        }

        release.Release();
        Assert.Equal(200, (await running).Status);
        Assert.Equal(1, engine.Requests);
        await gateway.SettlesAsync();
    }

    private static Task<TestGateway> StartAsync(params CapturingEngine[] engines) =>
        TestGateway.StartWithAsync([.. engines.Select(engine => $"--engine={engine.Url}")]);

    private static LiveEndpoint EndpointOf(TestGateway gateway, CapturingEngine engine)
    {
        Assert.True(EndpointAddress.TryParse(engine.Url.ToString(), http2: false, out EndpointAddress? address));
        return gateway.Services.GetRequiredService<EndpointRegistry>().Get(address);
    }

    private static async Task CordonAsync(TestGateway gateway, CapturingEngine engine)
    {
        using HttpResponseMessage answer = await gateway.Client.PostAsync(
            $"/admin/api/endpoints/{engine.Url.Authority}/cordon", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static (bool In, string? State, string? Reason) Candidate(JsonElement told, CapturingEngine engine)
    {
        JsonElement found = told.GetProperty("candidates").EnumerateArray().Single(one => one.GetProperty("address").GetString() == engine.Url.Authority);
        return (found.GetProperty("in").GetBoolean(), found.GetProperty("state").GetString(), found.GetProperty("reason").GetString());
    }
}
