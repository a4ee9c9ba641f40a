using System.Net;
using Gateway.Simulation;
using Gateway.Tests.Admin;

namespace Gateway.Tests.EndToEnd;

/// <summary>A configuration file that is rewritten under the running program.</summary>
public sealed class ConfigurationReloadTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    // The first engine's: where it waits, it waits for the test.
    private readonly ManualClock _clock = new();
    private SimulatedEngine _first = null!;
    private SimulatedEngine _second = null!;
    private GatewayProcess _gateway = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string ConfigurationFile => _folder.File("gateway.json");

    private string First => Engines(_first);

    private string Second => Engines(_second);

    public async ValueTask InitializeAsync()
    {
        _first = await SimulatedEngine.StartAsync(new() { Models = ["first"], Time = _clock }, Cancelled);
        _second = await SimulatedEngine.StartAsync(new() { Models = ["second"] }, Cancelled);
        await File.WriteAllTextAsync(ConfigurationFile, First, Cancelled);
        _gateway = await GatewayProcess.StartAsync("--config", ConfigurationFile);
        await _gateway.ReadyAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (await ChatAsync("first"), await ChatAsync("second")));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AddedEngine_IsRouted_AndARemovedOne_IsGone()
    {
        await RewriteAsync(Engines(_first, _second));
        await UntilAsync("second", HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await ChatAsync("first"));

        await RewriteAsync(Second);
        await UntilAsync("first", HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, await ChatAsync("second"));
    }

    [Fact]
    public async Task StreamOfARemovedEngine_RunsToItsEnd()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"first","stream":true}""", null, "application/json"),
            Headers = { { "x-sim-ttft-ms", "1000" }, { "x-sim-tokens", "60" } },
        };
        using HttpResponseMessage response = await _gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

        await RewriteAsync(Second);
        await UntilAsync("first", HttpStatusCode.NotFound);
        Assert.Equal(1, _first.Running);
        Task<string> reading = response.Content.ReadAsStringAsync(Cancelled);
        await _clock.AdvanceUntilAsync(() => reading.IsCompleted, "the stream to end");
        string stream = await reading;

        Assert.Contains($"\"content\":\"{SimulatedText.Token(59)}\"", stream, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", stream, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mapping_IsRouted_UntilItIsTakenOut()
    {
        string mapped = $$$"""
            {"Gateway":{"Engines":[{"Url":"{{{_first.Url}}}"}],
             "Mappings":[{"Model":"alias","OwnedBy":"vllm","Endpoints":["{{{_second.Url}}}"],"TargetModel":"second"}]}}
            """;

        await RewriteAsync(mapped);
        await UntilAsync("alias", HttpStatusCode.OK);
        RecordedRequest received = Assert.Single(_second.Requests.All, request => request.Method == "POST");
        Assert.Contains("\"model\":\"second\"", received.BodyText, StringComparison.Ordinal);

        await RewriteAsync(First);
        await UntilAsync("alias", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"Gateway":{"Engines":[{"Url":""", "can't be read")]
    [InlineData("[]", "can't be read")]
    [InlineData("", "can't be read")]
    [InlineData("""{"Gateway":{"Engines":[{"Url":"not-a-url"}]}}""", "Gateway:Engines:0:Url is 'not-a-url'")]
    [InlineData("""{"Gateway":{"Engins":[]}}""", "Gateway:Engins is not a key")]
    [InlineData("""{"Gateway":{"Mappings":[{"Model":"m","OwnedBy":"vllm"}]}}""", "Gateway:Mappings:0")]
    public async Task InvalidRewrite_ChangesNothing_AndSaysWhy_AndTheNextValidOneCounts(string content, string reason)
    {
        await RewriteAsync(content);
        await _gateway.Child.OutputLineAsync(line => line.Contains(reason, StringComparison.Ordinal), $"a warning that says {reason}");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (await ChatAsync("first"), await ChatAsync("second")));
        await RewriteAsync(Second);
        await UntilAsync("second", HttpStatusCode.OK);
        await UntilAsync("first", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task LogLevelThatDoesNotExist_DoesNotEndTheProcess_NorHoldUpTheEngines()
    {
        await RewriteAsync($$$"""{"Logging":{"LogLevel":{"Default":"Chatty"}},"Gateway":{"Engines":[{"Url":"{{{_second.Url}}}"}]}}""");
        await _gateway.Child.OutputLineAsync(line => line.Contains("'Chatty'", StringComparison.Ordinal), "a warning that names the level");

        await UntilAsync("second", HttpStatusCode.OK);
    }

    [Fact]
    public async Task RewriteByRename_AsEditorsAndConfigMapsDo_IsSeen()
    {
        string next = _folder.File("next.json");
        await File.WriteAllTextAsync(next, Second, Cancelled);
        File.Move(next, ConfigurationFile, overwrite: true);

        await UntilAsync("second", HttpStatusCode.OK);
        await UntilAsync("first", HttpStatusCode.NotFound);
    }

    private static string Engines(params SimulatedEngine[] engines) =>
        $$$"""{"Gateway":{"Engines":[{{{string.Join(',', engines.Select(engine => $$"""{"Url":"{{engine.Url}}"}"""))}}}]}}""";

    private Task RewriteAsync(string content) => File.WriteAllTextAsync(ConfigurationFile, content, Cancelled);

    private async Task<HttpStatusCode> ChatAsync(string model)
    {
        using HttpResponseMessage response = await _gateway.ChatAsync(model);
        return response.StatusCode;
    }

    private async Task UntilAsync(string model, HttpStatusCode expected)
    {
        using var limit = new CancellationTokenSource(TestTime.Generous);
        while (await ChatAsync(model) is var status && status != expected)
        {
            Assert.False(limit.IsCancellationRequested, $"'{model}' is still answered {status}. The gateway said: {_gateway.Child.Said}");
            await Task.Delay(20, Cancelled);
        }
    }
}
