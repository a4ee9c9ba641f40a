namespace Gateway.Tests.EndToEnd;

/// <summary>Many requests on one connection of a client: each gets its own answer, in order, whatever became of those before it.</summary>
public sealed class ClientConnectionTests
{
    private const string Body = """{"model":"m"}""";

    [Fact]
    public async Task RequestsOneAfterAnother_ShareAConnection()
    {
        await using ScriptedEngine engine = StartEcho();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        for (int i = 0; i < 20; i++)
        {
            string body = $$"""{"n":{{i}},"model":"m","pad":"{{new string('x', i * 1000)}}"}""";
            await client.PostAsync("/v1/chat/completions", body, $"x-request-id: r{i}\r\n");
            RawMessage answer = await RawMessage.ReadAsync(client);
            Assert.Equal(body, answer.Body);
            Assert.Equal($"r{i}", answer.Header("x-request-id"));
        }

        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task RequestsSentTogether_AreAnsweredInOrder()
    {
        await using ScriptedEngine engine = StartEcho();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        string[] bodies = [.. Enumerable.Range(0, 10).Select(i => $$"""{"n":{{i}},"model":"m"}""")];
        string[] requests =
        [
            .. bodies.Select(body => $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            "GET /health HTTP/1.1\r\nHost: gateway\r\n\r\n",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n" + Body + "\r\n0\r\nx-trailer: 1\r\n\r\n",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 2\r\n\r\n{}",
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}",
        ];
        await client.SendAsync(string.Concat(requests));

        foreach (string body in bodies)
            Assert.Equal(body, (await RawMessage.ReadAsync(client)).Body);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.Equal(Body, (await RawMessage.ReadAsync(client)).Body);
        Assert.Equal(400, (await RawMessage.ReadAsync(client)).Status);
        RawMessage last = await RawMessage.ReadAsync(client);
        Assert.Equal(Body, last.Body);
        Assert.Equal("close", last.Header("Connection"));
        Assert.Equal("", await client.ReadToEndAsync());
        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 4\r\n\r\n[{}]", 400)]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 12\r\n\r\n{\"model\":\"x\"", 400)]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 13\r\n\r\n{\"model\":\"x\"}", 404)]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}", 415)]
    [InlineData("POST /v1/nothing HTTP/1.1\r\nHost: gateway\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}", 404)]
    [InlineData("PUT /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"model\":\"m\"}\r\n0\r\n\r\n", 405)]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[{}]\r\n2000\r\n", 400, 8192)]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 200000\r\n\r\n", 413, 200_000)]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n", 413, 200_000)]
    public async Task RequestAfterARefusedOne_IsServed(string refused, int status, int rest = 0)
    {
        await using ScriptedEngine engine = StartEcho();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Limits:MaxRequestBodyBytes=100000");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // A client that does not look for the answer before it has sent everything.
        await client.SendAsync(refused + new string(' ', rest) + (rest > 0 && refused.Contains("chunked", StringComparison.Ordinal) ? "\r\n0\r\n\r\n" : ""));
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("error").GetProperty("message").GetString()!);

        await client.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(Body, (await RawMessage.ReadAsync(client)).Body);
        Assert.Equal(1, engine.Requests);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task RequestAfterAnEngineThatBroke_IsServed()
    {
        int requests = 0;
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            RawMessage request = await RawMessage.ReadBodyAsync(connection, head);
            if (Interlocked.Increment(ref requests) == 1)
                connection.Reset();
            else
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {request.Body.Length}\r\n\r\n{request.Body}");
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(502, (await RawMessage.ReadAsync(client)).Status);
        await client.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(Body, (await RawMessage.ReadAsync(client)).Body);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task RequestSentBehindARunningStream_IsServedAfterIt()
    {
        var go = new TaskCompletionSource();
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            RawMessage request = await RawMessage.ReadBodyAsync(connection, head);
            if (!request.Body.Contains("stream", StringComparison.Ordinal))
            {
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                return;
            }

            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
            await go.Task;
            await connection.SendAsync("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", """{"model":"m","stream":true}""");
        await client.ReadUntilAsync("data: 1\n\n");
        await client.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(1, engine.Requests);
        go.SetResult();

        await client.ReadUntilAsync("data: [DONE]\n\n\r\n0\r\n\r\n");
        Assert.Equal("{}", (await RawMessage.ReadAsync(client)).Body);
        await gateway.AssertIdleAsync();
    }

    private static ScriptedEngine StartEcho() => ScriptedEngine.Start(async (connection, head) =>
    {
        RawMessage request = await RawMessage.ReadBodyAsync(connection, head);
        await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {request.Body.Length}\r\n\r\n{request.Body}");
    });
}
