using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Gateway.Discovery.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>
/// A Kubernetes API server in this process, for the real client to talk to: pods, Services, EndpointSlices, ConfigMaps, Deployments,
/// and InferencePools once there is one. Holds what it is told to hold, and goes wrong the ways the real one does.
/// <code>
/// await using FakeApiServer api = await FakeApiServer.StartAsync();
/// api.Put(new V1Pod { Metadata = new() { NamespaceProperty = "llm-d", Name = "decode-0" } });
/// using IKubernetes client = api.CreateClient();
/// </code>
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FakeObjects _objects = new();
    private readonly FakePages _pages;
    private readonly FakeWrites _writes;
    private readonly ConcurrentQueue<FakeApiRequest> _requests = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _changed = NewSignal();

    private FakeApiServer(WebApplication app)
    {
        _app = app;
        _pages = new FakePages(_objects);
        _writes = new FakeWrites(_objects);
    }

    public string Url => _app.Urls.Single();

    /// <summary>Who may do what; everybody everything, until somebody is named.</summary>
    public FakeAccess Access { get; } = new();

    public FakeFaults Faults { get; } = new();

    /// <summary>Whether the kind is installed; putting one installs it.</summary>
    public bool HasInferencePools { get; set; }

    /// <summary>Everything that was asked, in order, what was refused included.</summary>
    public IReadOnlyList<FakeApiRequest> Requests => [.. _requests];

    /// <summary>The plurals of what is watched at the moment.</summary>
    public IReadOnlyList<string> OpenWatches => [.. _objects.Watches.Select(watch => watch.Resource)];

    public static async Task<FakeApiServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new FakeApiServer(app);
        app.Run(server.ServeAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>The real client, with a ServiceAccount's token if one is given.</summary>
    public IKubernetes CreateClient(string? token = null) =>
        new k8s.Kubernetes(new KubernetesClientConfiguration { Host = Url, AccessToken = token });

    /// <summary>Creates or replaces an object, as somebody else in the cluster would: one of the client's types, or JSON with its <c>kind</c>.</summary>
    public void Put(object resource)
    {
        JsonObject json = resource as JsonObject ?? JsonNode.Parse(KubernetesJson.Serialize(resource))!.AsObject();
        string kindName = (string?)json["kind"]
            ?? ((KubernetesEntityAttribute)Attribute.GetCustomAttribute(resource.GetType(), typeof(KubernetesEntityAttribute))!).Kind;
        FakeKind kind = FakeKind.Named(kindName);
        HasInferencePools |= kind == FakeKind.InferencePools;
        JsonObject metadata = json["metadata"]!.AsObject();
        _objects.Write(kind, new ResourceName((string?)metadata["namespace"] ?? "default", (string)metadata["name"]!), _ => json);
    }

    public JsonObject? Get(string resource, string @namespace, string name) =>
        _objects.Find(FakeKind.OfPlural(resource), new ResourceName(@namespace, name));

    public void Delete(string resource, string @namespace, string name) =>
        _objects.Write(FakeKind.OfPlural(resource), new ResourceName(@namespace, name), _ => null);

    /// <summary>Deletes without an event, now or later: only a list shows it.</summary>
    public void DeleteUnseen(string resource, string @namespace, string name) =>
        _objects.DeleteUnseen(FakeKind.OfPlural(resource), new ResourceName(@namespace, name));

    /// <summary>Forgets what has happened up to now, so that a watch from any earlier version gets 410.</summary>
    public void ForgetHistory() => _objects.Forget();

    /// <summary>Makes every continue token given so far answer 410.</summary>
    public void ExpireContinueTokens() => _pages.Expire();

    /// <summary>Sends a bookmark to every open watch that wants them.</summary>
    public void SendBookmarks() => _objects.SendBookmarks();

    /// <summary>Ends open watches as their timeoutSeconds would, which are never waited for here.</summary>
    public void CloseWatches() => Array.ForEach(_objects.Watches, watch => watch.Close());

    public void CloseWatchesMidLine() => Array.ForEach(_objects.Watches, watch => watch.CloseMidLine());

    /// <summary>Ends open watches with a 410 event, as when the API server can't keep up with what it would have to tell them.</summary>
    public void ExpireWatches() => Array.ForEach(_objects.Watches, watch =>
    {
        watch.SendError(FakeStatusException.TooOld("1", 2));
        watch.Close();
    });

    /// <summary>Breaks the connections of open watches.</summary>
    public void CutWatches() => Array.ForEach(_objects.Watches, watch => watch.Cut());

    /// <summary>Open watches stay open and say nothing any more; those opened later work.</summary>
    public void SilenceWatches() => Array.ForEach(_objects.Watches, watch => watch.Silence());

    public void GoAway()
    {
        Faults.IsAway = true;
        CutWatches();
    }

    public void ComeBack() => Faults.IsAway = false;

    /// <summary>Waits until requests, or watches that opened or closed, have made it true.</summary>
    public async Task UntilAsync(Func<FakeApiServer, bool> condition)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            if (condition(this))
                return;
            await changed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        CutWatches();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        FakeApiRequest? request = FakeApiRequest.Read(context.Request);
        if (request is null || (request.Kind == FakeKind.InferencePools && !HasInferencePools))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            if (request is not null)
                Note(request);
            await context.Response.WriteAsync("404 page not found\n", context.RequestAborted);
            return;
        }

        Note(request);
        if (Faults.IsAway)
        {
            context.Abort();
            return;
        }

        try
        {
            Access.Check(context.Request, request);
            if (Faults.Status(request) is { } status)
                throw FakeStatusException.Failing(status);
            await AnswerAsync(context, request);
        }
        catch (FakeStatusException refused)
        {
            await WriteAsync(context, refused.Code, refused.Body);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or the test is over.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, FakeApiRequest request)
    {
        switch (request.Verb)
        {
            case "get":
                var name = new ResourceName(request.Namespace!, request.Name!);
                await WriteAsync(context, 200, _objects.Find(request.Kind, name) ?? throw FakeStatusException.NotFound(request.Kind, name.Name));
                break;
            case "list":
                await Faults.ListsHeldUntil.WaitAsync(_stopping.Token);
                await WriteAsync(context, 200, _pages.Answer(request), Faults.ListBodiesHeldUntil.WaitAsync(_stopping.Token));
                break;
            case "watch":
                await WatchAsync(context, request);
                break;
            default:
                (int status, JsonObject answer) = await _writes.AnswerAsync(request, context.Request);
                await WriteAsync(context, status, answer);
                break;
        }
    }

    private async Task WatchAsync(HttpContext context, FakeApiRequest request)
    {
        var watch = new FakeWatch(new FakeSelection(request));
        try
        {
            _objects.Open(watch, request.ResourceVersion);
        }
        catch (FakeStatusException tooOld) when (!Faults.SaysGoneByStatus)
        {
            watch.SendError(tooOld);
            watch.Close();
        }

        try
        {
            Tell();
            await watch.RunAsync(context);
        }
        finally
        {
            _objects.Close(watch);
            Tell();
        }
    }

    private void Note(FakeApiRequest request)
    {
        _requests.Enqueue(request);
        Tell();
    }

    private void Tell() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static async Task WriteAsync(HttpContext context, int status, JsonObject body, Task? heldUntil = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        string json = body.ToJsonString();
        if (heldUntil is { IsCompleted: false })
        {
            await context.Response.WriteAsync(json[..1], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await heldUntil;
            json = json[1..];
        }

        await context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
