using System.Text.Json.Nodes;
using Gateway.Discovery.Kubernetes;
using k8s.Models;
using static Gateway.Tests.Discovery.Kubernetes.TestPods;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class KubernetesResourcesTests
{
    private const string Selector = "llm-d.ai/role in (decode,both),tier!=batch";

    [Fact]
    public async Task Pods_AreThoseOfTheSelector_InTheNamespace_AlsoWhenTheirLabelsChange()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("decode", labels: ("llm-d.ai/role", "decode")));
        api.Put(Pod("prefill", labels: ("llm-d.ai/role", "prefill")));
        api.Put(Pod("batch", labels: [("llm-d.ai/role", "both"), ("tier", "batch")]));
        api.Put(Pod("elsewhere", "other", ("llm-d.ai/role", "decode")));
        await using WatchHarness<V1Pod> pods = await WatchHarness<V1Pod>.WatchingAsync(api, resources => resources.Pods(Namespace, Selector));
        Assert.Equal(["decode"], pods.Names);

        api.Put(Pod("prefill", labels: ("llm-d.ai/role", "both")));
        await pods.UntilAsync(() => pods.Names is ["decode", "prefill"]);
        api.Put(Pod("decode", labels: ("llm-d.ai/role", "prefill")));
        await pods.UntilAsync(() => pods.Names is ["prefill"]);
    }

    [Fact]
    public async Task AllNamespaces_AreListedAndWatched()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("same"));
        await using WatchHarness<V1Pod> pods = await WatchHarness<V1Pod>.WatchingAsync(api, resources => resources.Pods(null, null));

        api.Put(Pod("same", @namespace: "other"));

        await pods.UntilAsync(() => pods.Watcher.Current.Count == 2);
        Assert.Contains(new ResourceName("other", "same"), pods.Watcher.Current.Keys);
        Assert.Equal("pods in all namespaces", pods.Status.Kind);
    }

    [Theory]
    [InlineData(Namespace)]
    [InlineData(null)]
    public async Task Services_AreListedAndWatched(string? @namespace)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Service> services =
            await WatchHarness<V1Service>.WatchingAsync(api, resources => resources.Services(@namespace, null));

        api.Put(new V1Service { Metadata = new() { NamespaceProperty = Namespace, Name = "vllm" }, Spec = new() { ClusterIP = "None" } });

        await services.UntilAsync(() => services.Names is ["vllm"]);
        Assert.Equal("None", services.Watcher.Current.Values.Single().Spec.ClusterIP);
    }

    [Theory]
    [InlineData(Namespace)]
    [InlineData(null)]
    public async Task EndpointSlices_WithoutEndpoints_HaveNull(string? @namespace)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Slice("listed"));
        Assert.Contains("\"endpoints\":null,\"ports\":null", api.Get("endpointslices", Namespace, "listed")!.ToJsonString());
        await using WatchHarness<V1EndpointSlice> slices =
            await WatchHarness<V1EndpointSlice>.WatchingAsync(api, resources => resources.EndpointSlices(@namespace, null));

        api.SendBookmarks();
        api.Put(Slice("watched"));
        await slices.UntilAsync(() => slices.Names is ["listed", "watched"]);

        Assert.All(slices.Watcher.Current.Values, slice => Assert.Null(slice.Endpoints));
        api.Put(Slice("watched", "10.0.0.1"));
        await slices.UntilAsync(() => slices.Watcher.Current.Values.Any(slice => slice.Endpoints is [{ Addresses: ["10.0.0.1"] }]));
    }

    [Theory]
    [InlineData(Namespace)]
    [InlineData(null)]
    public async Task InferencePools_AreReadAsFarAsTheyAreUsed(string? @namespace)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pool("listed"));
        await using WatchHarness<InferencePool> pools =
            await WatchHarness<InferencePool>.WatchingAsync(api, resources => resources.InferencePools(@namespace));
        api.SendBookmarks();
        api.Put(Pool("watched"));
        await pools.UntilAsync(() => pools.Names is ["listed", "watched"]);

        Assert.All(pools.Watcher.Current.Values, pool =>
        {
            Assert.Equal("qwen", pool.Spec!.Selector!.MatchLabels!["llm-d.ai/guide"]);
            Assert.Equal([8000, 8001], pool.Spec.TargetPorts!.Select(port => port.Number));
            Assert.Equal("kubernetes.io/h2c", pool.Spec.AppProtocol);
        });

        api.Delete("inferencepools", Namespace, "listed");
        await pools.UntilAsync(() => pools.Names is ["watched"]);
    }

    private static V1EndpointSlice Slice(string name, params string[] addresses) => new()
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = Namespace, Name = name },
        AddressType = "IPv4",
        Endpoints = addresses.Length == 0 ? null : [new V1Endpoint { Addresses = addresses }],
    };

    private static JsonObject Pool(string name) => JsonNode.Parse($$"""
        {
          "apiVersion": "inference.networking.k8s.io/v1", "kind": "InferencePool",
          "metadata": { "namespace": "{{Namespace}}", "name": "{{name}}" },
          "spec": {
            "selector": { "matchLabels": { "llm-d.ai/guide": "qwen" } },
            "targetPorts": [{ "number": 8000 }, { "number": 8001 }],
            "appProtocol": "kubernetes.io/h2c",
            "endpointPickerRef": { "name": "epp", "port": { "number": 9002 } }
          },
          "status": { "parents": [{ "conditions": [] }] }
        }
        """)!.AsObject();
}
