using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>However a body arrives, the engine gets the same bytes, with one exact length.</summary>
public sealed class BodyArrivalTests
{
    private const string ModelLast = """{ "messages":[{"role":"user","content":"h\u0069 {\"model\":\"x\"} é"}], "n" : 1.0e0 ,"model" : "m" }""";

    [Fact]
    public async Task ByteByByte_WithALength()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        byte[] body = Encoding.UTF8.GetBytes(ModelLast);
        foreach (char head in Head($"Content-Length: {body.Length}"))
            await client.SendAsync($"{head}");
        foreach (byte value in body)
            await client.SendAsync(new[] { value });

        await AssertArrivedAsync(engine, client, body);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task ByteByByte_InChunks()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        byte[] body = Encoding.UTF8.GetBytes(ModelLast);
        await client.SendAsync(Head("Transfer-Encoding: chunked"));
        foreach (byte value in body)
        {
            // In three packets each: the framing comes apart too.
            await client.SendAsync("1\r");
            await client.SendAsync(new[] { (byte)'\n', value, (byte)'\r' });
            await client.SendAsync("\n");
        }

        await client.SendAsync("0\r\n\r\n");

        await AssertArrivedAsync(engine, client, body);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task ByteByByte_OverHttp2()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}");

        byte[] body = Encoding.UTF8.GetBytes(ModelLast);
        using HttpRequestMessage request = Http2Requests.Post("/v1/chat/completions", new DrippingContent(body));
        using HttpResponseMessage response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpVersion.Version20, response.Version);
        RawMessage arrived = await engine.NextAsync();
        Assert.Equal(Encoding.Latin1.GetString(body), arrived.Body);
        Assert.Equal($"{body.Length}", arrived.Header("Content-Length"));
        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SixteenMegabytes_WithTheModelLast_ArriveByteForByte(bool chunked)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        byte[] body = Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":"{{Noise(16 * 1024 * 1024)}}"}],"model":"m"}""");
        if (chunked)
        {
            await client.SendAsync(Head("Transfer-Encoding: chunked"));
            foreach (byte[] chunk in body.Chunk(100_003))
            {
                await client.SendAsync($"{chunk.Length:x}\r\n");
                await client.SendAsync(chunk);
                await client.SendAsync("\r\n");
            }

            await client.SendAsync("0\r\n\r\n");
        }
        else
        {
            await client.SendAsync(Head($"Content-Length: {body.Length}"));
            await client.SendAsync(body);
        }

        // In chunks its length is known if the last one came together with the model.
        await AssertArrivedAsync(engine, client, body, mayBeChunked: chunked);
        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SixteenMegabytes_WithTheModelFirst_ArriveByteForByte(bool chunked)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        string text = $$"""{"model":"m","engine":"vllm","messages":[{"role":"user","content":"{{Noise(16 * 1024 * 1024)}}"}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        request.Headers.TransferEncodingChunked = chunked;
        using HttpResponseMessage response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string expected = text.Replace(",\"engine\":\"vllm\"", "", StringComparison.Ordinal);
        RawMessage arrived = await engine.NextAsync();
        Assert.Equal(Hash(Encoding.UTF8.GetBytes(expected)), Hash(Encoding.Latin1.GetBytes(arrived.Body)));

        // Passed on while it still arrived: a length is only known when the client said one.
        Assert.Equal(chunked ? null : $"{expected.Length}", arrived.Header("Content-Length"));
        await gateway.AssertIdleAsync();
    }

    private static string Head(string framing) =>
        $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n{framing}\r\n\r\n";

    private static async Task AssertArrivedAsync(CapturingEngine engine, RawConnection client, byte[] body, bool mayBeChunked = false)
    {
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal(200, answer.Status);
        RawMessage arrived = await engine.NextAsync();
        Assert.Equal(Hash(body), Hash(Encoding.Latin1.GetBytes(arrived.Body)));
        if (mayBeChunked && arrived.IsChunked)
        {
            Assert.Null(arrived.Header("Content-Length"));
            return;
        }

        Assert.Equal($"{body.Length}", arrived.Header("Content-Length"));
        Assert.Null(arrived.Header("Transfer-Encoding"));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    // Not the same byte again and again: pieces that change places would not show.
    private static string Noise(int length) => string.Create(length, 17u, static (text, state) =>
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < text.Length; i++)
        {
            state = (state * 1_664_525u) + 1_013_904_223u;
            text[i] = Letters[(int)(state >> 26)];
        }
    });

    private sealed class DrippingContent(byte[] body) : HttpContent
    {
        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (byte value in body)
            {
                await stream.WriteAsync(new[] { value }, TestContext.Current.CancellationToken);
                await stream.FlushAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
