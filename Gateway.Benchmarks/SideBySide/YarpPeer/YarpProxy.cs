using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Benchmarks.SideBySide.YarpPeer;

/// <summary>The process of the YARP contenders: a lean host, YARP's direct forwarder, and one middleware in front of it.</summary>
internal static class YarpProxy
{
    public const string Verb = "bench-yarp";
    public const string InlineSwitch = "--inline";

    // What the gateway takes by default.
    private const long MaxRequestBodyBytes = 64 * 1024 * 1024;

    /// <param name="arguments">The port, the file that lists the engines, and perhaps <see cref="InlineSwitch"/>.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        int port = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var engines = new EngineTable(await File.ReadAllLinesAsync(arguments[1]));

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        if (arguments.Contains(InlineSwitch))
            builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.AddHttpForwarder();

        await using WebApplication app = builder.Build();
        using HttpMessageInvoker client = CreateClient();
        app.Run(new PeekingForwarder(app.Services.GetRequiredService<IHttpForwarder>(), client, engines).InvokeAsync);
        await app.RunAsync();
    }

    // As YARP's own factory makes it.
    private static HttpMessageInvoker CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
        ConnectTimeout = TimeSpan.FromSeconds(15),
    });
}
