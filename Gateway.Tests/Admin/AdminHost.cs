using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Admin;
using Gateway.Discovery;
using Gateway.Forwarding;
using Gateway.Hosting;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Admin;

/// <summary>The admin API alone, on a Kestrel of its own.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AdminHost(WebApplication app)
    {
        _app = app;
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Port = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        Client = ConnectingTo(IPAddress.Loopback);
    }

    public int Port { get; }

    /// <summary>A caller on this machine.</summary>
    public HttpClient Client { get; }

    public FakeDiscovery Discovery => _app.Services.GetRequiredService<FakeDiscovery>();

    public EndpointRegistry Endpoints => _app.Services.GetRequiredService<EndpointRegistry>();

    public IMappingStore Store => _app.Services.GetRequiredService<IMappingStore>();

    public static async Task<AdminHost> StartAsync(
        AdminOptions? options = null, Func<IMappingStore>? store = null, Action<KestrelServerOptions>? listen = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(listen ?? (kestrel => kestrel.Listen(IPAddress.Loopback, 0)));
        builder.Services.AddSingleton(options ?? new AdminOptions());
        builder.Services.AddSingleton(_ => store?.Invoke() ?? new MemoryMappingStore());
        builder.Services.AddSingleton<RouteTableHolder>();
        builder.Services.AddSingleton<EndpointRegistry>();
        builder.Services.AddSingleton<FakeDiscovery>();
        builder.Services.AddSingleton<IDiscovery>(services => services.GetRequiredService<FakeDiscovery>());
        builder.Services.AddSingleton<IConfiguredMappings>(services => services.GetRequiredService<FakeDiscovery>());
        builder.Services.AddSingleton<DrainState>();
        builder.Services.AddSingleton<IRequestGate, RequestGate>();
        builder.Services.AddForwarding(new ForwardingSettings(new(), new(), new(), new(), new(), exposeEndpoint: false));
        builder.Services.AddTelemetry(builder.Configuration, new AccessLogOptions(), new MetricsOptions());
        builder.Services.AddAdminApi();

        WebApplication app = builder.Build();
        app.MapAdminApi();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AdminHost(app);
    }

    /// <summary>A client whose connections go to <paramref name="local"/> (an address of this machine) and come from <paramref name="remote"/>.</summary>
    public HttpClient ConnectingTo(IPAddress local, IPAddress? remote = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    if (remote is not null)
                        socket.Bind(new IPEndPoint(remote, 0));
                    await socket.ConnectAsync(new IPEndPoint(local, Port), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"http://localhost:{Port}") };
    }

    public Task<AdminAnswer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<AdminAnswer> PostAsync(string path, string? json = null, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return SendAsync(request);
    }

    public Task<AdminAnswer> DeleteAsync(string query, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, "/admin/api/routing" + query);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return SendAsync(request);
    }

    public Task<AdminAnswer> SendAsync(HttpRequestMessage request) => SendAsync(Client, request);

    public static async Task<AdminAnswer> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            JsonElement body = text.Length > 0 ? JsonElement.Parse(text) : default;
            return new AdminAnswer((int)response.StatusCode, body, response.Headers, response.Content.Headers);
        }
    }

    /// <summary>Sends the bytes as they are and returns all that comes until the gateway closes.</summary>
    public async Task<string> ExchangeAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

internal sealed record AdminAnswer(int Status, JsonElement Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public string? ETag => Headers.ETag?.ToString();

    public string? ErrorCode => Error("code");

    public string? ErrorParam => Error("param");

    public string ErrorMessage => Error("message")!;

    public JsonElement[] Data => [.. Body.GetProperty("data").EnumerateArray()];

    private string? Error(string member) => Body.GetProperty("error").GetProperty(member).GetString();
}
