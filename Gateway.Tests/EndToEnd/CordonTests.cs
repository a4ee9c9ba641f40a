using System.Net;

namespace Gateway.Tests.EndToEnd;

public sealed class CordonTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task AStreamThatRuns_GoesOnToItsEnd_AndNewRequestsGoElsewhere()
    {
        const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        var cordoned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync($"{Head}9\r\ndata: 1\n\n\r\n");
            await cordoned.Task;
            await connection.SendAsync("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        string call = $"/admin/api/endpoints/{engine.Url.Authority}";
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, """{"model":"m","stream":true}""");
        await client.ReadUntilAsync("data: 1\n\n");

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, $"{call}/cordon"));
        RawMessage refused = await AskAsync(gateway);
        Assert.Equal((503, "no_ready_endpoint"), (refused.Status, refused.ErrorCode));
        Assert.NotNull(refused.Header("Retry-After"));
        cordoned.SetResult();
        Assert.Contains("data: 2\n\n", await client.ReadUntilAsync(Wire.LastChunk), StringComparison.Ordinal);
        Assert.Equal(1, engine.Requests);

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(gateway, $"{call}/uncordon"));
        Assert.Equal(200, (await AskAsync(gateway)).Status);
        await gateway.SettlesAsync();
    }

    private static async Task<HttpStatusCode> PostAsync(TestGateway gateway, string path)
    {
        using HttpResponseMessage answer = await gateway.Client.PostAsync(path, null, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<RawMessage> AskAsync(TestGateway gateway)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, """{"model":"m"}""");
        return await RawMessage.ReadAsync(client);
    }
}
