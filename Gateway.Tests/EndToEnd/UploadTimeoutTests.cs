using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.EndToEnd;

/// <summary>Time while a body is passed on: the engine's to take it counts, the client's to send it does not.</summary>
public sealed class UploadTimeoutTests
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task ClientThatIsSlowToSend_IsNotTheEnginesFault()
    {
        await using var engine = new EngineGroup(1, (connection, _) => connection.SendAsync(Wire.Answer("200 OK", "{}")));
        await using TestGateway gateway = await engine.StartGatewayAsync(
            "--Gateway:Timeouts:Idle=00:00:02", "--Gateway:Timeouts:FirstByteUnary=00:00:02");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(2 * MiB);

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..MiB]);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await client.SendAsync(body[MiB..]);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task EngineThatStopsReadingAnUpload_IsGivenUpAfterTheIdleTime()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start((_, _) => over.Task);
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Timeouts:Idle=00:00:01"], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // More than all sockets on the way take.
        string body = ChatBody.ModelFirst(60 * MiB);
        Task sending = client.SendAsync(Wire.RequestHead(body.Length) + body);
        RawMessage answer = await RawMessage.ReadAsync(client);

        Assert.Equal((504, "upstream_timeout", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        over.SetResult();
        client.Dispose();
        await Task.WhenAny(sending);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UploadLongerThanTheTotalTime_Is504(bool modelFirst)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) => await connection.ReadToEndAsync());
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Timeouts:Total=00:00:01"], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = modelFirst ? ChatBody.ModelFirst(2 * MiB) : ChatBody.ModelLast(2 * MiB);

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..MiB]);

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((504, "upstream_timeout", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        client.Dispose();
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnswerThatBeginsDuringItsUpload_KeepsItsIdleTime()
    {
        var clock = new ManualClock();
        var uploaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebApplication engine = await StartHttp2EngineAsync(async context =>
        {
            // Over HTTP/1.1 the client library sends its whole body first.
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(Wire.Event("early"));
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync(Wire.Event("uploaded"));
            uploaded.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(
            clock,
            [
                $"--Gateway:Engines:0:Url={engine.Urls.Single()}", "--Gateway:Engines:0:AppProtocol=kubernetes.io/h2c",
                "--Gateway:Timeouts:Idle=00:05:00", "--Gateway:Timeouts:FirstByteUnary=10:00:00",
            ]);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(2 * MiB);

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..MiB]);
        await client.ReadUntilAsync("early");
        await client.SendAsync(body[MiB..]);
        await uploaded.Task.SoonAsync();
        await client.ReadUntilAsync("uploaded");
        await TestTime.UntilAsync(() => gateway.BytesHeld == 0, "the gateway has sent all");
        clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Contains("upstream_timeout", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    private static async Task<WebApplication> StartHttp2EngineAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication app = builder.Build();
        app.MapGet("/v1/models", () => Results.Text("""{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm"}]}""", "application/json"));
        app.MapPost("/v1/chat/completions", answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
