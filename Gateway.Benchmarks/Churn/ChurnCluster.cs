using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Churn;

/// <summary>As much of an API server as lists and watches pods, and the engines in them: one answer on a port for each.</summary>
internal static class ChurnCluster
{
    private const string Pods = $"/api/v1/namespaces/{PodJson.Namespace}/pods";
    private const string Pools = $"/apis/inference.networking.k8s.io/v1/namespaces/{PodJson.Namespace}/inferencepools";

    private static readonly string Models = $$$"""{"object":"list","data":[{"id":"{{{PodJson.Model}}}","object":"model","owned_by":"vllm"}]}""";
    private const string Chat = """{"id":"chatcmpl-0","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}]}""";

    /// <summary>Serves until the process is told to end.</summary>
    /// <param name="kubeconfig">Where to write how it is reached.</param>
    /// <param name="count">Of pods.</param>
    public static async Task RunAsync(string kubeconfig, int count)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (int i = 0; i <= count; i++)
                kestrel.Listen(IPAddress.Loopback, 0);
        });
        await using WebApplication app = builder.Build();
        PodStore? store = null;
        int changesPerSecond = 0;

        app.MapPost("/churn/{perSecond:int}", (int perSecond) => Volatile.Write(ref changesPerSecond, perSecond));
        app.MapPost("/v1/chat/completions", (HttpContext context) => SendAsync(context, Chat));
        app.MapGet("/v1/models", (HttpContext context) => SendAsync(context, Models));
        app.MapGet(Pods, (HttpContext context) => IsWatch(context) ? WatchAsync(context, store!.Watch()) : SendAsync(context, store!.List()));
        app.MapGet(Pools, () => Results.NotFound());
        app.MapFallback((HttpContext context) => IsWatch(context)
            ? WatchAsync(context, Channel.CreateUnbounded<string>().Reader)
            : SendAsync(context, """{"metadata":{"resourceVersion":"1"},"items":[]}"""));
        await app.StartAsync();

        string[] urls = [.. app.Urls];
        store = new PodStore([.. urls.Skip(1).Select(url => new Uri(url).Port)]);
        await File.WriteAllTextAsync(kubeconfig, $$$"""
            apiVersion: v1
            kind: Config
            current-context: churn
            clusters: [{name: churn, cluster: {server: "{{{urls[0]}}}"}}]
            users: [{name: churn, user: {token: none}}]
            contexts: [{name: churn, context: {cluster: churn, user: churn, namespace: {{{PodJson.Namespace}}}}}]
            """);
        Console.WriteLine($"Now listening on: {urls[0]}");

        // The ticks of a timer come late on a busy machine: as many changes as are due are made at each.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long last = Stopwatch.GetTimestamp();
        double due = 0;
        while (!app.Lifetime.ApplicationStopping.IsCancellationRequested && await timer.WaitForNextTickAsync())
        {
            long now = Stopwatch.GetTimestamp();
            for (due += Volatile.Read(ref changesPerSecond) * Stopwatch.GetElapsedTime(last, now).TotalSeconds; due >= 1; due--)
                store.ChangeOne();
            last = now;
        }
    }

    private static bool IsWatch(HttpContext context) => context.Request.Query["watch"] == "true";

    private static Task SendAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static async Task WatchAsync(HttpContext context, ChannelReader<string> lines)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await foreach (string line in lines.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(line, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
