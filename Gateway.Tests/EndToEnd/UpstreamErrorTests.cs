using System.Globalization;
using System.Text.Json;
using Gateway.Picking;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Engines that do not answer: what the client is told, and whether it is invited to come again.</summary>
public sealed class UpstreamErrorTests
{
    private const string Body = """{"model":"m"}""";

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task NoEndpointThatTakesConnections_Is503_WithATimeToComeAgain(string path)
    {
        ScriptedEngine engine = ScriptedEngine.Start((_, _) => Task.CompletedTask);
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        await engine.DisposeAsync();

        RawMessage answer = await AskAsync(gateway, path);
        AssertError(answer, path, 503, "server_error", "no_ready_endpoint", "api_error");
        Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
        Assert.Null(answer.Header("x-should-retry"));

        // And again, now that the endpoint is known to be down.
        answer = await AskAsync(gateway, path);
        AssertError(answer, path, 503, "server_error", "no_ready_endpoint", "api_error");
        Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
    }

    [Theory]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/messages", true)]
    public async Task ConnectionThatEndsBeforeAnAnswer_Is502_AndNotToBeTriedAgain(string path, bool byReset)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            if (byReset)
                connection.Reset();
            else
                connection.Dispose();
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        RawMessage answer = await AskAsync(gateway, path);
        AssertError(answer, path, 502, "server_error", "upstream_unreachable", "api_error");
        Assert.Equal("false", answer.Header("x-should-retry"));
        Assert.Equal(1, engine.Requests);

        // It takes connections, so it is not out.
        Assert.True(Assert.Single(gateway.Services.GetRequiredService<EndpointRegistry>().All).IsAvailable);
    }

    [Theory]
    [InlineData("/v1/chat/completions", false, "FirstByteUnary")]
    [InlineData("/v1/chat/completions", true, "FirstByte")]
    [InlineData("/v1/messages", true, "FirstByte")]
    [InlineData("/v1/messages", true, "Total")]
    public async Task EngineThatDoesNotAnswerInTime_Is504_AndNotToBeTriedAgain(string path, bool streams, string timer)
    {
        var left = new TaskCompletionSource();
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.ReadToEndAsync();
            left.SetResult();
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", $"--Gateway:Timeouts:{timer}=00:00:00.2");

        RawMessage answer = await AskAsync(gateway, path, streams ? """{"model":"m","stream":true}""" : Body);
        AssertError(answer, path, 504, "server_error", "upstream_timeout", "timeout_error");
        Assert.Equal("false", answer.Header("x-should-retry"));
        await left.Task.SoonAsync();
        Assert.Equal(1, engine.Requests);
    }

    [Fact]
    public async Task MoreBytesThanTheGatewayMayHold_Is503_BeforeMoreIsRead()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Limits:BufferedBytes=1000");

        foreach (string path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            RawMessage answer = await AskAsync(gateway, path, $$"""{"messages":"{{new string('x', 2000)}}","model":"m"}""");
            AssertError(answer, path, 503, "server_error", "overloaded", "overloaded_error");
            Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 60);
        }

        // What was taken has been given back.
        for (int i = 0; i < 100; i++)
            Assert.Equal(200, (await AskAsync(gateway, "/v1/chat/completions")).Status);
    }

    private static async Task<RawMessage> AskAsync(TestGateway gateway, string path, string body = Body)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(path, body);
        RawMessage answer = await RawMessage.ReadAsync(client);
        await gateway.AssertIdleAsync();
        return answer;
    }

    private static void AssertError(RawMessage answer, string path, int status, string type, string code, string anthropicType)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.NotNull(answer.Header("x-request-id"));
        Assert.Null(answer.Header("x-owned-by"));
        JsonElement error = answer.Json.GetProperty("error");
        if (path == "/v1/messages")
        {
            Assert.Equal("error", answer.Json.GetProperty("type").GetString());
            Assert.Equal(anthropicType, error.GetProperty("type").GetString());
            return;
        }

        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
    }
}
