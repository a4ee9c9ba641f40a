using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>What an engine gets of a JSON body and of the query: the client's own bytes, but for the routing members.</summary>
public sealed class SentBodyTests
{
    [Theory]

    // Nothing to do: every byte as it came.
    [InlineData("""{"model":"m"}""", """{"model":"m"}""")]
    [InlineData(" \t\r\n{ \"model\" : \"m\" , \"n\" : 1.50e+03 }\n ", " \t\r\n{ \"model\" : \"m\" , \"n\" : 1.50e+03 }\n ")]
    [InlineData("""{"a":1,"a":2,"model":"m","a":-0,"b":1E400,"c":0.10}""", """{"a":1,"a":2,"model":"m","a":-0,"b":1E400,"c":0.10}""")]
    [InlineData("""{"model":"m","s":"\u00e9\/\ud83d\ude00é😀\n"}""", """{"model":"m","s":"\u00e9\/\ud83d\ude00é😀\n"}""")]
    [InlineData("""{"m\u006Fdel":"\u006d","x":null}""", """{"m\u006Fdel":"\u006d","x":null}""")]
    [InlineData("""{"x":{"owned_by":"q","model":"z","engine":1},"model":"m","y":["engine","owned_by"]}""", """{"x":{"owned_by":"q","model":"z","engine":1},"model":"m","y":["engine","owned_by"]}""")]
    [InlineData("""{"model":"m","x":NaN,"y":tru}""", """{"model":"m","x":NaN,"y":tru}""")]
    [InlineData("\uFEFF{\"model\":\"m\"}", "\uFEFF{\"model\":\"m\"}")]

    // Engine members are cut with one comma.
    [InlineData("""{"owned_by":"vllm","model":"m"}""", """{"model":"m"}""")]
    [InlineData("""{"model":"m","owned_by":"vllm"}""", """{"model":"m"}""")]
    [InlineData("""{"model":"m","engine":"vllm","x":1}""", """{"model":"m","x":1}""")]
    [InlineData("""{"owned_by":"vllm","engine":null,"inference_server":"","model":"m"}""", """{"model":"m"}""")]
    [InlineData("""{"owned_by":"vllm","model":"m","engine":"x","inference_server":"y"}""", """{"model":"m"}""")]
    [InlineData("""{"a":1,"owned_by":"vllm","b":2,"\u0065ngine":null,"c":3,"model":"m","inference_server":null}""", """{"a":1,"b":2,"c":3,"model":"m"}""")]
    [InlineData("{\n  \"owned_by\" : \"vllm\" ,\n  \"model\" : \"m\"\n}", "{\n  \"model\" : \"m\"\n}")]
    [InlineData("{\n  \"model\" : \"m\" ,\n  \"owned_by\" : \"vllm\"\n}\n", "{\n  \"model\" : \"m\"\n}\n")]
    [InlineData("\uFEFF{\"owned_by\":\"vllm\",\"model\":\"m\",\"s\":\"é\"}", "\uFEFF{\"model\":\"m\",\"s\":\"é\"}")]
    public async Task Body_IsSentAsItCame_WithoutTheEngine(string body, string expected)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        await AssertSentAsync(gateway, engine, body, expected);
    }

    [Theory]
    [InlineData("""{"model":"alias"}""", """{"model":"org/real \"é\" name"}""")]
    [InlineData("""{ "x":1 , "model" : "\u0061lias" , "owned_by":"vllm" }""", """{ "x":1 , "model" : "org/real \"é\" name" }""")]
    [InlineData("""{"owned_by":"vllm","m\u006fdel":"alias","y":"alias"}""", """{"m\u006fdel":"org/real \"é\" name","y":"alias"}""")]
    public async Task TargetModel_TakesThePlaceOfTheName(string body, string expected)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            "--Gateway:Mappings:0:Model=alias",
            "--Gateway:Mappings:0:OwnedBy=vllm",
            $"--Gateway:Mappings:0:Endpoints:0={engine.Url}",
            "--Gateway:Mappings:0:TargetModel=org/real \"é\" name");
        await AssertSentAsync(gateway, engine, body, expected);
    }

    [Theory]
    [InlineData("{}", """{"model":"m"}""")]
    [InlineData("{ }", """{"model":"m" }""")]
    [InlineData("""{"x":1}""", """{"model":"m","x":1}""")]
    [InlineData("""{"owned_by":"vllm"}""", """{"model":"m"}""")]
    [InlineData("""{"owned_by":"vllm","x":1}""", """{"model":"m","x":1}""")]
    [InlineData("""{"x":1,"owned_by":"vllm"}""", """{"model":"m","x":1}""")]
    [InlineData("""{"engine":null,"owned_by":"vllm"}""", """{"model":"m"}""")]
    [InlineData("""{"x":1,"model":null}""", """{"x":1,"model":"m"}""")]
    [InlineData("""{"model":"","x":1}""", """{"model":"m","x":1}""")]
    [InlineData("\uFEFF{\"x\":1}", "\uFEFF{\"model\":\"m\",\"x\":1}")]
    public async Task ModelFromElsewhere_IsPutIntoTheBody(string body, string expected)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        await AssertSentAsync(gateway, engine, body, expected, headers: "x-gateway-model-name: m\r\n");
        await AssertSentAsync(gateway, engine, body, expected, query: "?model=m");
    }

    [Theory]
    [InlineData("?a=1&b=%2F%20+%c3%A9&c", "?a=1&b=%2F%20+%c3%A9&c")]
    [InlineData("?owned_by=vllm", "")]
    [InlineData("?owned_by=vllm&a=1", "?a=1")]
    [InlineData("?a=1&engine=vllm", "?a=1")]
    [InlineData("?a=%41&inference_server=vllm&b=..%2f..&&=x&", "?a=%41&b=..%2f..&&=x&")]
    [InlineData("?own%65d_by=vllm&owned_by_x=1&Engine=1", "?owned_by_x=1&Engine=1")]
    [InlineData("?model=m&a='\"<>[]{}|^`\\~!$()*,;:@", "?model=m&a='\"<>[]{}|^`\\~!$()*,;:@")]
    [InlineData("?a=b?c=d/../e", "?a=b?c=d/../e")]
    [InlineData("?", "?")]
    public async Task Query_IsSentAsItCame_WithoutTheEngine(string query, string expected)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions" + query, """{"model":"m"}""");

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.Equal("/v1/chat/completions" + expected, (await engine.NextAsync()).Target);
    }

    private static async Task AssertSentAsync(
        TestGateway gateway, CapturingEngine engine, string body, string expected, string headers = "", string query = "")
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        await client.SendAsync(
            $"POST /v1/chat/completions{query} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n{headers}\r\n");
        await client.SendAsync(bytes);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        RawMessage arrived = await engine.NextAsync();
        Assert.Equal(expected, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(arrived.Body)));
        Assert.Equal($"{Encoding.UTF8.GetByteCount(expected)}", arrived.Header("Content-Length"));
        Assert.Null(arrived.Header("Transfer-Encoding"));
        await gateway.AssertIdleAsync();
    }
}
