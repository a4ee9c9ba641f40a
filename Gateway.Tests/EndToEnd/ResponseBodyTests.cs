using System.IO.Compression;
using System.Net;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>However an engine frames its answer, the client gets the same bytes and the same end.</summary>
public sealed class ResponseBodyTests
{
    [Theory]
    [InlineData("204 No Content", "")]
    [InlineData("204 No Content", "Content-Length: 0\r\n")]
    [InlineData("205 Reset Content", "Content-Length: 0\r\n")]
    [InlineData("304 Not Modified", "")]
    [InlineData("304 Not Modified", "Content-Length: 1234\r\nETag: \"x\"\r\n")]
    [InlineData("200 OK", "Content-Length: 0\r\n")]
    [InlineData("200 OK", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")]
    [InlineData("500 Internal Server Error", "Content-Length: 0\r\n")]
    public async Task AnswerWithoutABody_LeavesTheConnectionFit(string status, string fields, string body = "")
    {
        await using CapturingEngine engine = CapturingEngine.Start($"HTTP/1.1 {status}\r\n{fields}\r\n{body}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // Twice on one connection on either side: a byte too many or too few would show in the second.
        for (int i = 0; i < 2; i++)
        {
            await client.PostAsync("/v1/chat/completions", """{"model":"m"}""");
            RawMessage answer = await RawMessage.ReadAsync(client);
            Assert.Equal($"HTTP/1.1 {status}", answer.StartLine);
            Assert.Equal("", answer.Body);
            Assert.Equal("vllm", answer.Header("x-owned-by"));
            if (status.StartsWith("304", StringComparison.Ordinal))
                Assert.Equal(fields.Length == 0 ? null : "1234", answer.Header("Content-Length"));
        }

        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(100_003)]
    [InlineData(5 * 1024 * 1024)]
    public async Task Body_ArrivesByteForByte_HoweverItIsFramed(int length)
    {
        string body = Bytes(length);
        string chunks = string.Concat(body.Chunk(70_001).Select(chunk => $"{chunk.Length:X}\r\n{new string(chunk)}\r\n"));
        foreach (string framed in (string[])[
            $"Content-Length: {length}\r\n\r\n{body}", $"Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n", $"Connection: close\r\n\r\n{body}"])
        {
            await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
            {
                await RawMessage.ReadBodyAsync(connection, head);
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n{framed}");
                if (framed.StartsWith("Connection", StringComparison.Ordinal))
                    connection.Dispose();
            });
            await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

            await client.PostAsync("/v1/audio/speech", """{"model":"m"}""");
            RawMessage answer = await RawMessage.ReadAsync(client);

            Assert.Equal(200, answer.Status);
            Assert.True(body == answer.Body, $"{answer.Body.Length} bytes came, or others than the {length} that were sent.");
            Assert.Equal(framed.StartsWith("Content-Length", StringComparison.Ordinal) ? $"{length}" : null, answer.Header("Content-Length"));
            await gateway.AssertIdleAsync();
        }
    }

    [Theory]
    [InlineData("400 Bad Request", "application/json", """{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}""")]
    [InlineData("404 Not Found", "application/json", """{"detail":"Not Found"}""")]
    [InlineData("401 Unauthorized", "application/json", """{"error":"Unauthorized"}""")]
    [InlineData("422 Unprocessable Entity", "text/plain; charset=latin-1", "caf\u00e9")]
    [InlineData("429 Too Many Requests", "application/json", """{"error":{"message":"slow down"}}""")]
    [InlineData("500 Internal Server Error", "text/html", "<html><h1>Internal Server Error</h1></html>")]
    [InlineData("501 Not Implemented", "application/json", "{}")]
    [InlineData("502 Bad Gateway", "text/html", "<html>nginx</html>")]
    [InlineData("503 Service Unavailable", "text/plain", "loading")]
    [InlineData("504 Gateway Timeout", "text/plain", "upstream")]
    public async Task ErrorOfTheEngine_IsPassedOnAsItIs(string status, string type, string body)
    {
        await using CapturingEngine engine = CapturingEngine.Start($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nRetry-After: 9\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        foreach (string path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            await client.PostAsync(path, """{"model":"m","stream":true}""");
            RawMessage answer = await RawMessage.ReadAsync(client);

            Assert.Equal($"HTTP/1.1 {status}", answer.StartLine);
            Assert.Equal(type, answer.Header("Content-Type"));
            Assert.Equal("9", answer.Header("Retry-After"));
            Assert.Equal(body, answer.Body);
            Assert.Equal("vllm", answer.Header("x-owned-by"));
            Assert.Null(answer.Header("x-should-retry"));
        }

        // With a single endpoint there is nowhere else to ask.
        Assert.Equal(2, engine.Requests);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task InterimAnswers_AreLeftOut()
    {
        await using CapturingEngine engine = CapturingEngine.Start(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nx-interim: 1\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-final: 1\r\n\r\n{}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        for (int i = 0; i < 2; i++)
        {
            await client.PostAsync("/v1/chat/completions", """{"model":"m"}""");
            RawMessage answer = await RawMessage.ReadAsync(client);
            Assert.Equal(200, answer.Status);
            Assert.Equal("1", answer.Header("x-final"));
            Assert.Null(answer.Header("x-interim"));
            Assert.Equal("{}", answer.Body);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("HTTP/1.1 99 What\r\n\r\n")]
    [InlineData("HTTP/3 200\r\n\r\n")]
    [InlineData("220 mail.example.com ESMTP\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nx-endless: ")]
    public async Task AnswerThatIsNone_Is502_AndNothingStaysBehind(string nonsense)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync(nonsense);
            while (nonsense.EndsWith("x-endless: ", StringComparison.Ordinal))
                await connection.SendAsync(new string('x', 8192));
            await connection.ReadToEndAsync();
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", """{"model":"m"}""");
        RawMessage answer = await RawMessage.ReadAsync(client);

        Assert.Equal(502, answer.Status);
        Assert.Equal("upstream_unreachable", answer.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("false", answer.Header("x-should-retry"));
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task BytesBehindAnAnswer_AreNobodysAnswer()
    {
        await using CapturingEngine engine = CapturingEngine.Start(CapturingEngine.Ok + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        for (int i = 0; i < 5; i++)
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            await client.PostAsync("/v1/chat/completions", """{"model":"m"}""");
            Assert.Equal("{}", (await RawMessage.ReadAsync(client)).Body);
        }

        Assert.Equal(5, engine.Requests);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task CompressedAnswer_PassesCompressed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(new string('a', 10_000)));
        string bytes = Encoding.Latin1.GetString(packed.ToArray());

        await using CapturingEngine engine = CapturingEngine.Start($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {bytes.Length}\r\n\r\n{bytes}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", """{"model":"m"}""", "Accept-Encoding: gzip\r\n");
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal("gzip", answer.Header("Content-Encoding"));
        Assert.Equal(bytes, answer.Body);
        Assert.Equal("gzip", (await engine.NextAsync()).Header("Accept-Encoding"));
    }

    [Fact]
    public async Task Trailers_ReachAClientOfHttp2_AndLeaveOneOfHttp1Unharmed()
    {
        await using CapturingEngine engine = CapturingEngine.Start(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-checksum, x-second\r\n\r\n2\r\n{}\r\n0\r\nx-checksum: abc\r\nx-second: d, e\r\nConnection: close\r\n\r\n");

        await using (TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}"))
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            for (int i = 0; i < 2; i++)
            {
                await client.PostAsync("/v1/chat/completions", """{"model":"m"}""", "TE: trailers\r\n");
                RawMessage answer = await RawMessage.ReadAsync(client);
                Assert.Equal("x-checksum, x-second", answer.Header("Trailer"));
                Assert.Equal("{}", answer.Body);

                // Kestrel sends none over HTTP/1.1, where a recipient may always drop them (RFC 9110 §6.5.1).
                Assert.Equal("", answer.Trailers);
            }
        }

        await using TestGateway overHttp2 = await TestGateway.StartHttp2Async($"--engine={engine.Url}");
        using HttpRequestMessage request = Http2Requests.Post("/v1/chat/completions", """{"model":"m"}""");
        using HttpResponseMessage response = await overHttp2.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("{}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["abc"], response.TrailingHeaders.GetValues("x-checksum"));
        Assert.Equal(["d, e"], response.TrailingHeaders.GetValues("x-second"));
    }

    [Fact]
    public async Task ClientOfHttp10_GetsTheBodyUntilTheConnectionEnds()
    {
        await using CapturingEngine engine = CapturingEngine.Start("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n3\r\nabc\r\n0\r\n\r\n");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: 13\r\n\r\n{\"model\":\"m\"}");
        string head = await client.ReadHeadAsync();
        Assert.DoesNotContain("chunked", head);
        Assert.Equal("{}abc", await client.ReadToEndAsync());
    }

    // Every value of a byte, in an order that repeats late.
    private static string Bytes(int length) => string.Create(length, 0, static (text, _) =>
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)((i * 31 + (i >> 8)) & 0xFF);
    });
}
