using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>What <c>POST /admin/api/routing/explain</c> tells of a request, and that nothing comes of it.</summary>
public sealed class ExplainTests
{
    [Theory]
    [InlineData("""{"model":"m","owned_by":"A"}""", "", "", "body", "A", "body owned_by")]
    [InlineData("""{"model":"m","engine":"a","owned_by":null}""", "", "", "body", "a", "body engine")]
    [InlineData("""{"model":"m","inference_server":"a"}""", "", "?engine=b", "body", "a", "body inference_server")]
    [InlineData("{}", "x-gateway-model-name: m\r\nX-Owned-By: a\r\n", "", "header x-gateway-model-name", "a", "header x-owned-by")]
    [InlineData("""{"model":"m"}""", "x-engine: a\r\n", "?owned_by=b", "body", "a", "header x-engine")]
    [InlineData("""{"model":"m"}""", "x-inference-server: a\r\n", "", "body", "a", "header x-inference-server")]
    [InlineData("{}", "", "?model=%6D&owned_by=a", "query", "a", "query owned_by")]
    [InlineData("""{"model":"m"}""", "", "?engine=a", "body", "a", "query engine")]
    [InlineData("""{"model":"m"}""", "", "?inference_server=a", "body", "a", "query inference_server")]
    [InlineData("""{"model":"m"}""", "Authorization: Bearer of-whom-it-may-be\r\n", "", "body", null, null)]
    public async Task EachName_IsToldWithItsPlace(string body, string headers, string query, string modelFrom, string? engine, string? engineFrom)
    {
        await using CapturingEngine a = CapturingEngine.Start(ownedBy: "a");
        await using CapturingEngine b = CapturingEngine.Start(ownedBy: "b");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={a.Url}", $"--engine={b.Url}");

        JsonElement told = await new PlainRequest(body, headers, query).ExplainAsync(gateway);

        Assert.Equal("m", told.GetProperty("model").GetProperty("value").GetString());
        Assert.Equal(modelFrom, told.GetProperty("model").GetProperty("source").GetString());
        JsonElement ownedBy = told.GetProperty("owned_by");
        Assert.Equal(engine, ownedBy.ValueKind == JsonValueKind.Null ? null : ownedBy.GetProperty("value").GetString());
        Assert.Equal(engineFrom, ownedBy.ValueKind == JsonValueKind.Null ? null : ownedBy.GetProperty("source").GetString());
        Assert.Equal(body.Length, told.GetProperty("body_bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, told.GetProperty("refusal").ValueKind);
        if (engine is not null)
            Assert.Equal("a", told.GetProperty("choice").GetProperty("owned_by").GetString());
        await AssertNothingHappenedAsync(gateway, a, b);
    }

    [Fact]
    public async Task SuffixOfTheModel_IsToldAsTheEngine()
    {
        await using CapturingEngine a = CapturingEngine.Start(ownedBy: "a");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={a.Url}", "--Gateway:Routing:ModelSuffix=true");

        JsonElement told = await new PlainRequest("""{"model":"m@A"}""").ExplainAsync(gateway);
        Assert.Equal("""{"value":"A","source":"suffix of the model"}""", told.GetProperty("owned_by").GetRawText());
        Assert.Equal("""[{"member":"model","action":"replaced","value":"m"}]""", told.GetProperty("edits").GetRawText());

        told = await new PlainRequest("""{"model":"m@b"}""").ExplainAsync(gateway);
        Assert.Equal("The model 'm' is not served by 'b'; it is served by 'a'.", told.GetProperty("refusal").GetProperty("message").GetString());
        await AssertNothingHappenedAsync(gateway, a);
    }

    [Theory]
    [InlineData("""{"model":"m","stream":true}""", "", "[]")]
    [InlineData("""{"engine":"vllm","model":"m","owned_by":"vllm"}""", "", """[{"member":"owned_by","action":"cut","value":null},{"member":"engine","action":"cut","value":null}]""")]
    [InlineData("""{"model":"alias"}""", "", """[{"member":"model","action":"replaced","value":"m"}]""")]
    [InlineData("""{"stream":true}""", "?model=m", """[{"member":"model","action":"inserted","value":"m"}]""")]
    public async Task WhatIsDoneToTheBody_IsTold(string body, string query, string edits)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            $"--engine={engine.Url}",
            "--Gateway:Mappings:0:Model=alias",
            "--Gateway:Mappings:0:OwnedBy=vllm",
            $"--Gateway:Mappings:0:Endpoints:0={engine.Url}",
            "--Gateway:Mappings:0:TargetModel=m");

        JsonElement told = await new PlainRequest(body, Query: query).ExplainAsync(gateway);

        Assert.Equal(edits, told.GetProperty("edits").GetRawText());
        Assert.Equal(body.Contains("stream", StringComparison.Ordinal), told.GetProperty("stream").GetBoolean());
        await AssertNothingHappenedAsync(gateway, engine);
    }

    [Fact]
    public async Task AFormIsReadAsOne_OnAnyPath()
    {
        const string Form =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n" +
            "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n" +
            "--b\r\nContent-Disposition: form-data; name=\"engine\"\r\n\r\nvllm\r\n--b--\r\n";
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        var request = new PlainRequest(Form, Path: "/v1/audio/transcriptions", ContentType: "multipart/form-data; boundary=b");
        JsonElement told = await request.ExplainAsync(gateway);

        Assert.Equal("/v1/audio/transcriptions", told.GetProperty("path").GetString());
        Assert.Equal("body", told.GetProperty("model").GetProperty("source").GetString());
        Assert.Equal("body engine", told.GetProperty("owned_by").GetProperty("source").GetString());
        Assert.Equal("""[{"member":"engine","action":"cut","value":null}]""", told.GetProperty("edits").GetRawText());

        told = await (request with { Body = Form[..^8] }).ExplainAsync(gateway);
        Assert.Equal("invalid_multipart", told.GetProperty("refusal").GetProperty("code").GetString());
        await AssertNothingHappenedAsync(gateway, engine);
    }

    [Theory]
    [InlineData("}", null)]
    [InlineData(",\"engine\":\"vllm\"}", null)]
    [InlineData(",\"model\":\"m\"}", "duplicate_field")]
    [InlineData(",\"engine\":\"sglang\"}", "model_not_found")]
    [InlineData("", "invalid_json")]
    public async Task ALargeBody_IsReadToItsEnd_AsIfItWerePassedOn(string tail, string? code)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        JsonElement told = await new PlainRequest($$"""{"model":"m","pad":"{{new string('p', 3_000_000)}}"{{tail}}""").ExplainAsync(gateway);

        Assert.True(told.GetProperty("passed_on_while_arriving").GetBoolean());
        Assert.True(told.GetProperty("body_bytes").GetInt64() > 3_000_000);
        JsonElement refusal = told.GetProperty("refusal");
        Assert.Equal(code, refusal.ValueKind == JsonValueKind.Null ? null : refusal.GetProperty("code").GetString());
        if (code is null && tail.Length > 1)
            Assert.Equal("""[{"member":"engine","action":"blanked","value":null}]""", told.GetProperty("edits").GetRawText());
        await AssertNothingHappenedAsync(gateway, engine);
    }

    [Fact]
    public async Task WhatTheCallItselfCannotTake_IsItsOwnError()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Limits:MaxRequestBodyBytes=100");
        var request = new PlainRequest("""{"model":"m"}""");

        RawMessage answer = await (request with { Body = new string(' ', 101) }).AskForExplanationAsync(gateway);
        Assert.Equal((413, "request_too_large"), (answer.Status, answer.ErrorCode));

        answer = await (request with { Path = "/v1/models" }).AskForExplanationAsync(gateway);
        Assert.Equal((404, "unknown_url", "path"), (answer.Status, answer.ErrorCode, answer.ErrorParam));

        answer = await (request with { Headers = "Origin: http://elsewhere.example\r\n" }).AskForExplanationAsync(gateway);
        Assert.Equal((401, "admin_unauthorized"), (answer.Status, answer.ErrorCode));

        using HttpResponseMessage got = await gateway.Client.GetAsync("/admin/api/routing/explain", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, got.StatusCode);
        await AssertNothingHappenedAsync(gateway, engine);
    }

    [Fact]
    public async Task Authorization_IsTheCallersOwn()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Admin:Token=secret");
        var request = new PlainRequest("""{"model":"m"}""");

        Assert.Equal(401, (await request.AskForExplanationAsync(gateway)).Status);
        Assert.Equal(401, (await (request with { Headers = "Authorization: Bearer sk-client\r\n" }).AskForExplanationAsync(gateway)).Status);
        await (request with { Headers = "Authorization: Bearer secret\r\n" }).ExplainAsync(gateway);
        await AssertNothingHappenedAsync(gateway, engine);
    }

    [Fact]
    public async Task NothingIsCounted()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Limits:BufferedBytes=100");
        Meter meter = gateway.Services.GetRequiredService<GatewayMetrics>().Meter;
        var counted = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => counted.Enqueue(instrument.Name));
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => counted.Enqueue(instrument.Name));
        listener.SetMeasurementEventCallback<int>((instrument, _, _, _) => counted.Enqueue(instrument.Name));
        listener.Start();

        await new PlainRequest("""{"model":"m"}""").ExplainAsync(gateway);
        await new PlainRequest("""{"model":"none"}""").ExplainAsync(gateway);
        RawMessage overloaded = await new PlainRequest(new string(' ', 101)).AskForExplanationAsync(gateway);

        Assert.Equal((503, "overloaded"), (overloaded.Status, overloaded.ErrorCode));
        Assert.Empty(counted);
        await AssertNothingHappenedAsync(gateway, engine);
        await new PlainRequest("""{"model":"m"}""").SendAsync(gateway);
        await TestTime.UntilAsync(() => counted.Contains("gen_ai.server.request.duration"), "a request is counted");
    }

    private static async Task AssertNothingHappenedAsync(TestGateway gateway, params CapturingEngine[] engines)
    {
        Assert.All(engines, engine => Assert.Equal(0, engine.Requests));
        await gateway.SettlesAsync();
    }
}
