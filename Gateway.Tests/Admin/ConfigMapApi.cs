using System.Net;
using System.Text.Json.Nodes;
using Gateway.Discovery.Kubernetes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Admin;

/// <summary>What a Kubernetes API server does with one ConfigMap: get, create, merge patch, conflicts.</summary>
internal sealed class ConfigMapApi : IAsyncDisposable
{
    public static readonly ResourceName Name = new("llm-d", "llmd-api-gateway-routes");

    private const string Collection = "/api/v1/namespaces/llm-d/configmaps";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Uri _address;
    private JsonObject? _map;
    private long _version = 100;
    private int _born;

    private ConfigMapApi(WebApplication app)
    {
        _app = app;
        app.Run(AnswerAsync);
        app.Start();
        _address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Raised with each version, in order; null when it is deleted.</summary>
    public event Action<V1ConfigMap?>? Written;

    /// <summary>Sees each call first; true when it has answered it.</summary>
    public Func<HttpContext, Task<bool>>? Fault { get; set; }

    public int Conflicts { get; private set; }

    public V1ConfigMap? Map
    {
        get
        {
            lock (_lock)
                return Typed();
        }
    }

    public IDictionary<string, string> Data => Map?.Data ?? new Dictionary<string, string>();

    /// <param name="shipped">Whether the ConfigMap is there, without data, as the manifests make it.</param>
    public static ConfigMapApi Start(bool shipped = true)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var api = new ConfigMapApi(builder.Build());
        if (shipped)
            api.Create(new JsonObject());
        return api;
    }

    public IKubernetes Client() => new Kubernetes(new KubernetesClientConfiguration { Host = _address.ToString() });

    /// <summary>Somebody at a terminal, who does not say which version was read.</summary>
    public void Edit(Action<JsonObject> edit)
    {
        lock (_lock)
        {
            var data = (JsonObject)(_map!["data"] ??= new JsonObject());
            edit(data);
            Bump();
        }
    }

    /// <summary><c>kubectl replace</c>: all that the gateway wrote goes, but what is given.</summary>
    public void Replace(V1ConfigMap with)
    {
        lock (_lock)
        {
            JsonNode metadata = _map!["metadata"]!;
            _map = (JsonObject)JsonNode.Parse(KubernetesJson.Serialize(with))!;
            _map["metadata"]!["uid"] = metadata["uid"]!.DeepClone();
            Bump();
        }
    }

    public void Create(JsonObject map)
    {
        lock (_lock)
        {
            _map = (JsonObject)map.DeepClone();
            _map["apiVersion"] = "v1";
            _map["kind"] = "ConfigMap";
            var metadata = (JsonObject)(_map["metadata"] ??= new JsonObject());
            metadata["name"] = Name.Name;
            metadata["namespace"] = Name.Namespace;
            metadata["uid"] = $"uid-{++_born}";
            Bump();
        }
    }

    public void Delete()
    {
        lock (_lock)
        {
            _map = null;
            Written?.Invoke(null);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>An error as the API server tells it.</summary>
    public static async Task<bool> RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { kind = "Status", apiVersion = "v1", status = "Failure", message, code = status }, context.RequestAborted);
        return true;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Fault is { } fault && await fault(context))
            return;

        (int status, string body) = await DoAsync(context.Request);
        if (status >= 400)
        {
            await RefuseAsync(context, status, body);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Carries the call out, whether or not its answer arrives.</summary>
    public async Task<(int Status, string Body)> DoAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        string body = await reader.ReadToEndAsync();
        lock (_lock)
        {
            bool named = request.Path == $"{Collection}/{Name.Name}";
            return request.Method switch
            {
                "GET" when named => _map is null ? NotFound() : (200, _map.ToJsonString()),
                "PATCH" when named => _map is null ? NotFound() : Patch(request, body),
                "POST" when request.Path == Collection => Post(body),
                _ => (404, $"no such path: {request.Method} {request.Path}"),
            };
        }
    }

    private (int Status, string Body) Patch(HttpRequest request, string body)
    {
        if (request.ContentType?.StartsWith("application/merge-patch+json", StringComparison.Ordinal) != true)
            return (415, $"no merge patch: {request.ContentType}");

        var patch = (JsonObject)JsonNode.Parse(body)!;
        if (patch["metadata"]?["resourceVersion"]?.GetValue<string>() is { } expected && expected != _version.ToString())
        {
            Conflicts++;
            return (409, "the object has been modified; please apply your changes to the latest version and try again");
        }

        JsonNode before = _map!.DeepClone();
        Merge(_map, patch);
        if (!JsonNode.DeepEquals(before, _map))
            Bump();
        return (200, _map.ToJsonString());
    }

    private (int Status, string Body) Post(string body)
    {
        if (_map is not null)
        {
            Conflicts++;
            return (409, $"configmaps \"{Name.Name}\" already exists");
        }

        Create((JsonObject)JsonNode.Parse(body)!);
        return (201, _map!.ToJsonString());
    }

    private static (int Status, string Body) NotFound() => (404, $"configmaps \"{Name.Name}\" not found");

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner)
                Merge((JsonObject)(target[name] ??= new JsonObject()), inner);
            else
                target[name] = value.DeepClone();
        }
    }

    private void Bump()
    {
        _map!["metadata"]!["resourceVersion"] = (++_version).ToString();
        Written?.Invoke(Typed());
    }

    private V1ConfigMap? Typed() => _map is null ? null : KubernetesJson.Deserialize<V1ConfigMap>(_map.ToJsonString());
}
