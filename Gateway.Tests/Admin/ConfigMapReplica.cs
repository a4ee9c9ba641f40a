using Gateway.Admin;
using Gateway.Routing;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Admin;

/// <summary>The store of one replica, with its own client and its own watch.</summary>
internal sealed class ConfigMapReplica : IDisposable
{
    private readonly IKubernetes _client;

    public ConfigMapReplica(ConfigMapApi api, bool silentWatch = false, TimeProvider? time = null)
    {
        _client = api.Client();
        Watch = ConfigMapWatch.Of(api, silentWatch);
        Store = new ConfigMapMappingStore(
            new ConfigMapCalls(_client, ConfigMapApi.Name, time ?? TimeProvider.System),
            Watch,
            new ForbiddenAddresses(apiServerHost: null),
            time ?? TimeProvider.System,
            NullLogger<ConfigMapMappingStore>.Instance);
    }

    public ConfigMapWatch Watch { get; }

    public ConfigMapMappingStore Store { get; }

    public long Revision => Store.Current.Revision;

    public string[] Models => [.. Store.Current.Mappings.Values.Select(mapping => mapping.Model).Order(StringComparer.Ordinal)];

    public Task<MappingWrite> PutAsync(string model, string url = "http://10.0.0.1:8000", long? expected = null) =>
        Store.PutAsync(Mapping(model, url), expected, TestContext.Current.CancellationToken);

    public Task<MappingWrite> DeleteAsync(string model, long? expected = null) =>
        Store.DeleteAsync(new MappingKey(model, "vllm"), expected, TestContext.Current.CancellationToken);

    public string UrlOf(string model) => Store.Current.Mappings[new MappingKey(model, "vllm")].Endpoints.Single().ToString();

    public static Mapping Mapping(string model, string url = "http://10.0.0.1:8000") =>
        new() { Model = model, OwnedBy = "vllm", Endpoints = [FakeDiscovery.Address(url)] };

    public static string Key(string model) => ConfigMapKey.Of(new MappingKey(model, "vllm"));

    public static string Json(string model, string url = "http://10.0.0.1:8000") =>
        $$"""{"model":"{{model}}","owned_by":"vllm","endpoints":["{{url}}"]}""";

    public void Dispose()
    {
        Store.Dispose();
        Watch.Dispose();
        _client.Dispose();
    }
}
