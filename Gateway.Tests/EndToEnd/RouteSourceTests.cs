using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>Where model and engine are read from, and which of several places counts.</summary>
public sealed class RouteSourceTests
{
    // Who answers is who was asked for: x-owned-by says it, and the model is checked by what arrives.
    private const string Answer = CapturingEngine.Ok;

    [Theory]

    // One place each.
    [InlineData("""{"model":"m","owned_by":"a"}""", "", "", "a")]
    [InlineData("""{"model":"m","engine":"a"}""", "", "", "a")]
    [InlineData("""{"model":"m","inference_server":"a"}""", "", "", "a")]
    [InlineData("""{"model":"m"}""", "x-owned-by: b", "", "b")]
    [InlineData("""{"model":"m"}""", "x-engine: b", "", "b")]
    [InlineData("""{"model":"m"}""", "x-inference-server: b", "", "b")]
    [InlineData("""{"model":"m"}""", "", "?owned_by=c", "c")]
    [InlineData("""{"model":"m"}""", "", "?engine=c", "c")]
    [InlineData("""{"model":"m"}""", "", "?inference_server=c", "c")]
    [InlineData("{}", "x-gateway-model-name: m|x-owned-by: b", "", "b")]
    [InlineData("{}", "", "?model=m&owned_by=c", "c")]

    // Body before header before query.
    [InlineData("""{"model":"m","owned_by":"a"}""", "x-owned-by: b", "?owned_by=c", "a")]
    [InlineData("""{"model":"m","inference_server":"a"}""", "x-owned-by: b", "?owned_by=c", "a")]
    [InlineData("""{"model":"m"}""", "x-inference-server: b", "?owned_by=c", "b")]
    [InlineData("""{"model":"m","owned_by":"a"}""", "x-gateway-model-name: none", "?model=none", "a")]
    [InlineData("""{"owned_by":"a"}""", "x-gateway-model-name: m", "?model=none", "a")]

    // owned_by before engine before inference_server, in every place, wherever they stand.
    [InlineData("""{"inference_server":"c","engine":"b","model":"m","owned_by":"a"}""", "", "", "a")]
    [InlineData("""{"inference_server":"c","model":"m","engine":"b"}""", "", "", "b")]
    [InlineData("""{"model":"m"}""", "x-inference-server: c|x-engine: b|X-Owned-By: a", "", "a")]
    [InlineData("""{"model":"m"}""", "x-inference-server: c|x-engine: b", "", "b")]
    [InlineData("""{"model":"m"}""", "", "?inference_server=c&engine=b&owned_by=a", "a")]
    [InlineData("""{"model":"m"}""", "", "?inference_server=c&engine=b", "b")]

    // Each of the two for itself.
    [InlineData("""{"model":"m"}""", "x-gateway-model-name: none|x-engine: b", "?owned_by=c", "b")]
    [InlineData("""{"engine":"a"}""", "x-engine: b", "?model=m&owned_by=c", "a")]

    // null and the empty string are as good as absent.
    [InlineData("""{"model":null,"owned_by":null,"engine":""}""", "x-gateway-model-name: m|x-owned-by: b", "", "b")]
    [InlineData("""{"model":"","owned_by":"","engine":"a"}""", "x-gateway-model-name: m|x-owned-by: b", "", "a")]
    [InlineData("{}", "x-gateway-model-name: |x-owned-by: |x-engine: b", "?model=m&owned_by=c", "b")]
    [InlineData("{}", "x-owned-by: ", "?model=&model=m&owned_by=&engine=c", "c")]

    // Only what stands at the top, however its name is written.
    [InlineData("""{"a":{"owned_by":"b","model":"none"},"model":"m","\u006fwned_b\u0079":"a"}""", "", "", "a")]
    [InlineData("""{"m\u006fdel":"\u006d","\u0065ngine":"\u0061"}""", "x-engine: b", "", "a")]

    // Engines without regard to case; and what is encoded in a query.
    [InlineData("""{"model":"m","owned_by":"A"}""", "", "", "a")]
    [InlineData("{}", "", "?m%6Fdel=%6D&%6fwned_by=%43", "c")]
    public async Task FirstPlaceThatSaysSo_Decides(string body, string headers, string query, string expected)
    {
        await using CapturingEngine a = CapturingEngine.Start(Answer, ownedBy: "a");
        await using CapturingEngine b = CapturingEngine.Start(Answer, ownedBy: "b");
        await using CapturingEngine c = CapturingEngine.Start(Answer, ownedBy: "c");
        await using TestGateway gateway = await TestGateway.StartWithAsync([.. EnginesOf(a, b, c)]);

        RawMessage answer = await AskAsync(gateway, body, headers, query);

        Assert.Equal(200, answer.Status);
        Assert.Equal(expected, answer.Header("x-owned-by"));
        RawMessage arrived = await (expected == "a" ? a : expected == "b" ? b : c).NextAsync();
        Assert.Equal("m", arrived.Json.GetProperty("model").GetString());
        Assert.Equal(1, a.Requests + b.Requests + c.Requests);
    }

    [Theory]
    [InlineData("body,header,query", "a")]
    [InlineData("header,body,query", "b")]
    [InlineData("query,body,header", "c")]
    [InlineData("query, header", "c")]
    [InlineData("Header,Query", "b")]
    [InlineData("header", "b")]
    [InlineData("query", "c")]
    [InlineData("body", "a")]
    public async Task Sources_AreAskedInTheirOrder_AndNoOthers(string sources, string expected)
    {
        await using CapturingEngine a = CapturingEngine.Start(Answer, "m-a", "a");
        await using CapturingEngine b = CapturingEngine.Start(Answer, "m-b", "b");
        await using CapturingEngine c = CapturingEngine.Start(Answer, "m-c", "c");
        await using TestGateway gateway = await TestGateway.StartWithAsync([.. EnginesOf(a, b, c), $"--Gateway:Routing:Sources={sources}"]);

        RawMessage answer = await AskAsync(
            gateway, """{"model":"m-a","owned_by":"a"}""", "x-gateway-model-name: m-b|x-owned-by: b", "?model=m-c&owned_by=c");

        Assert.Equal(200, answer.Status);
        Assert.Equal(expected, answer.Header("x-owned-by"));

        // The engine is asked for the model that was routed by, and sees none of the engine's names.
        RawMessage arrived = await (expected == "a" ? a : expected == "b" ? b : c).NextAsync();
        Assert.Equal($$"""{"model":"m-{{expected}}"}""", arrived.Body);
        Assert.Equal("/v1/chat/completions?model=m-c", arrived.Target);
    }

    [Fact]
    public async Task SourceThatIsNotListed_NamesNothing()
    {
        await using CapturingEngine engine = CapturingEngine.Start(Answer);
        await using TestGateway gateway = await TestGateway.StartWithAsync([.. EnginesOf(engine), "--Gateway:Routing:Sources=body"]);

        RawMessage answer = await AskAsync(gateway, "{}", "x-gateway-model-name: m", "?model=m");
        Assert.Equal("model_required", answer.Json.GetProperty("error").GetProperty("code").GetString());

        answer = await AskAsync(gateway, """{"model":"m"}""", "x-owned-by: nobody", "?engine=nobody");
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("trtllm-serve", "tensorrt_llm")]
    [InlineData("TRTLLM", "tensorrt_llm")]
    [InlineData("TensorRT_LLM", "tensorrt_llm")]
    [InlineData("llamacpp", "llama.cpp")]
    [InlineData("Llama.Cpp", "llama.cpp")]
    public async Task Engine_IsFoundByItsAliases(string asked, string engineName)
    {
        await using CapturingEngine other = CapturingEngine.Start(Answer);
        await using CapturingEngine engine = CapturingEngine.Start(Answer, ownedBy: engineName);
        await using TestGateway gateway = await TestGateway.StartWithAsync([.. EnginesOf(other, engine)]);

        for (int i = 0; i < 4; i++)
        {
            RawMessage answer = await AskAsync(gateway, $$"""{"model":"m","owned_by":"{{asked}}"}""");
            Assert.Equal(engineName, answer.Header("x-owned-by"));
        }

        Assert.Equal(4, engine.Requests);
    }

    [Fact]
    public async Task DefaultOwnedBy_DecidesWhenNoEngineIsNamed()
    {
        await using CapturingEngine a = CapturingEngine.Start(Answer, ownedBy: "a");
        await using CapturingEngine b = CapturingEngine.Start(Answer, ownedBy: "b");
        await using CapturingEngine c = CapturingEngine.Start(Answer, ownedBy: "c");
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            [.. EnginesOf(a, b, c), "--Gateway:Routing:DefaultOwnedBy:0=nobody", "--Gateway:Routing:DefaultOwnedBy:1=B", "--Gateway:Routing:DefaultOwnedBy:2=a"]);

        for (int i = 0; i < 8; i++)
            Assert.Equal("b", (await AskAsync(gateway, """{"model":"m","owned_by":""}""")).Header("x-owned-by"));
        Assert.Equal("c", (await AskAsync(gateway, """{"model":"m","owned_by":"c"}""")).Header("x-owned-by"));
    }

    [Theory]
    [InlineData("m@b", "", true, "b", "m")]
    [InlineData("m@B", "", true, "b", "m")]
    [InlineData("m@b", "a", true, "a", "m")]
    [InlineData("m", "a", true, "a", "m")]
    [InlineData("whole@b", "", true, "c", "whole@b")]
    [InlineData("m@nobody", "", true, null, null)]
    [InlineData("m@", "", true, null, null)]
    [InlineData("m@b", "", false, null, null)]
    public async Task ModelSuffix_NamesTheEngine_WhenSwitchedOn(string model, string engine, bool isOn, string? expected, string? arrivesAs)
    {
        await using CapturingEngine a = CapturingEngine.Start(Answer, ownedBy: "a");
        await using CapturingEngine b = CapturingEngine.Start(Answer, ownedBy: "b");
        await using CapturingEngine c = CapturingEngine.Start(Answer, "whole@b", "c");
        await using TestGateway gateway = await TestGateway.StartWithAsync([.. EnginesOf(a, b, c), $"--Gateway:Routing:ModelSuffix={isOn}"]);

        RawMessage answer = await AskAsync(gateway, $$"""{"model":"{{model}}","engine":"{{engine}}"}""");

        if (expected is null)
        {
            Assert.Equal(404, answer.Status);
            return;
        }

        Assert.Equal(expected, answer.Header("x-owned-by"));
        RawMessage arrived = await (expected == "a" ? a : expected == "b" ? b : c).NextAsync();
        Assert.Equal($$"""{"model":"{{arrivesAs}}"}""", arrived.Body);
    }

    private static IEnumerable<string> EnginesOf(params CapturingEngine[] engines) => engines.Select(engine => $"--engine={engine.Url}");

    private static async Task<RawMessage> AskAsync(TestGateway gateway, string body, string headers = "", string query = "")
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string lines = string.Concat(headers.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(header => header + "\r\n"));
        Assert.Equal(body.Length, Encoding.UTF8.GetByteCount(body));
        await client.PostAsync("/v1/chat/completions" + query, body, lines);
        RawMessage answer = await RawMessage.ReadAsync(client);
        await gateway.AssertIdleAsync();
        return answer;
    }
}
