using System.Net;
using System.Text.Json;
using Gateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Discovery;

/// <summary>Answers <c>GET /v1/models</c> as a test tells it to.</summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile Func<HttpContext, Task> _answer;
    private volatile string? _lastAuthorization;
    private int _probes;

    private FakeEngine(WebApplication app, Func<HttpContext, Task> answer)
    {
        _app = app;
        _answer = answer;
    }

    public EndpointAddress Address { get; private set; } = null!;

    public string Url => Address.ToString();

    public int Probes => Volatile.Read(ref _probes);

    public string? LastAuthorization => _lastAuthorization;

    public Func<HttpContext, Task> Answer
    {
        set => _answer = value;
    }

    public static Task<FakeEngine> StartAsync(params string[] models) => StartAsync(Listing(models));

    public static async Task<FakeEngine> StartAsync(Func<HttpContext, Task> answer, int port = 0, bool http2 = false)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, port, listen => listen.Protocols = http2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        WebApplication app = builder.Build();
        var engine = new FakeEngine(app, answer);
        app.Run(engine.AnswerAsync);
        await app.StartAsync();
        Assert.True(EndpointAddress.TryParse(app.Urls.Single(), http2, out EndpointAddress? address));
        engine.Address = address;
        return engine;
    }

    /// <summary>
    /// Starts on a port outside the range from which systems hand out ports (32768 and up on Linux), so that nobody
    /// else listens there once this one has stopped.
    /// </summary>
    public static async Task<FakeEngine> StartOnQuietPortAsync()
    {
        while (true)
        {
            try
            {
                return await StartAsync(Listing("m"), Random.Shared.Next(20_000, 30_000));
            }
            catch (IOException)
            {
                // Taken: another one then.
            }
        }
    }

    /// <summary>A list as vLLM writes it: what is not to be compared is different each time.</summary>
    public static Func<HttpContext, Task> Listing(params string[] models) => ListingOf("vllm", models);

    public static Func<HttpContext, Task> ListingOf(string? ownedBy, params string[] models) => Raw(() => JsonSerializer.Serialize(new
    {
        @object = "list",
        data = models.Select(model => new { id = model, created = Random.Shared.Next(), owned_by = ownedBy, root = "/weights/" + model }),
    }));

    public static Func<HttpContext, Task> Raw(string body) => Raw(() => body);

    public static Func<HttpContext, Task> Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public static Func<HttpContext, Task> WantingKey(string key, Func<HttpContext, Task> answer) =>
        context => context.Request.Headers.Authorization == $"Bearer {key}" ? answer(context) : Status(401)(context);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Func<HttpContext, Task> Raw(Func<string> body) => context =>
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body());
    };

    private Task AnswerAsync(HttpContext context)
    {
        Assert.Equal(("GET", (string?)"/v1/models"), (context.Request.Method, context.Request.Path.Value));
        _lastAuthorization = context.Request.Headers.Authorization;
        Interlocked.Increment(ref _probes);
        return _answer(context);
    }
}
