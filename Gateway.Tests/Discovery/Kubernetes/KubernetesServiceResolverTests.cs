using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class KubernetesServiceResolverTests
{
    private const string Service = """
        metadata: {name: front, namespace: llm-d}
        spec: {clusterIP: 10.96.0.3, selector: {app: x}, ports: [{name: http, port: 80, targetPort: 8200}]}
        """;

    private const string Slice = """
        metadata: {name: front-1, namespace: llm-d, labels: {kubernetes.io/service-name: front}}
        addressType: IPv4
        ports: [{name: http, port: 8200}]
        endpoints:
        - {addresses: [10.0.0.7], targetRef: {kind: Pod, name: ready}}
        - {addresses: [10.0.0.8], targetRef: {kind: Pod, name: cordoned}}
        - {addresses: [10.0.0.9], conditions: {ready: false}}
        """;

    [Fact]
    public void AService_IsResolved_WhateverItsLabels()
    {
        TestCluster cluster = new TestCluster()
            .With(
                LlmdPods.Running(LlmdPods.GuideDecode).Named("ready"),
                LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.8").Named("cordoned").Annotated("gateway.llm-d.ai/cordon", "true"))
            .WithService(Service, Slice);

        Assert.Equal(["http://10.0.0.7:8200"], Resolve(cluster, null, "front"));
        Assert.Equal(["http://10.0.0.7:8200"], Resolve(cluster, "llm-d", "front"));
        Assert.Empty(Resolve(cluster, "other", "front"));
        Assert.Equal(["http://10.96.0.3:80"], cluster.Resolver(dialsServices: true).Resolve(null, "front").Select(address => address.ToString()));
    }

    [Fact]
    public void ADeployment_IsResolvedToItsPods()
    {
        const string Name = "ms-llama-32-1b-llm-d-modelservice-decode";
        V1Pod statefulSets = LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.3").Named("wide-ep-0");
        statefulSets.Metadata.OwnerReferences = [new() { Kind = "StatefulSet", Name = "wide-ep", Controller = true }];
        TestCluster cluster = new TestCluster().With(
            LlmdPods.Running(LlmdPods.ChartDecode, "10.0.0.1"),
            LlmdPods.Running(LlmdPods.ChartDecode, "10.0.0.2").Named("loading").NotReady(),
            LlmdPods.Running(LlmdPods.ChartDecode, "10.0.0.4").Named("elsewhere", "other"),
            statefulSets);

        Assert.Equal(["http://10.0.0.1:8000"], Resolve(cluster, null, Name));
        Assert.Equal(["http://10.0.0.4:8000"], Resolve(cluster, "other", Name));
        Assert.Equal(["http://10.0.0.3:8000"], Resolve(cluster, null, "wide-ep"));
        Assert.Empty(Resolve(cluster, null, Name + "-6b8f7c5d4"));
        Assert.Empty(Resolve(cluster, null, "ms-llama-32-1b"));
        Assert.Empty(cluster.Resolver(dialsServices: true).Resolve(null, Name));
    }

    [Fact]
    public void AServiceOfTheSameName_ComesBeforeADeployment()
    {
        TestCluster cluster = new TestCluster()
            .With(LlmdPods.Running(LlmdPods.ChartDecode))
            .WithService("metadata: {name: ms-llama-32-1b-llm-d-modelservice-decode, namespace: llm-d}\nspec: {ports: [{port: 80}]}");

        Assert.Empty(Resolve(cluster, null, "ms-llama-32-1b-llm-d-modelservice-decode"));
    }

    [Fact]
    public void AnExternalName_IsNeverFollowed()
    {
        TestCluster cluster = new TestCluster().WithService(
            Service.Replace("clusterIP: 10.96.0.3", "type: ExternalName, externalName: example.com", StringComparison.Ordinal), Slice);

        Assert.Empty(Resolve(cluster, null, "front"));
    }

    [Fact]
    public void AChange_IsTold()
    {
        var cluster = new TestCluster();
        var resolver = cluster.Resolver();
        int changes = 0;
        resolver.Changed += () => changes++;
        Assert.Empty(resolver.Resolve(null, "front"));
        cluster.WithService(Service, Slice);

        Assert.Equal(2, changes);
        Assert.Equal(["http://10.0.0.7:8200", "http://10.0.0.8:8200"], resolver.Resolve(null, "front").Select(address => address.ToString()));
    }

    private static string[] Resolve(TestCluster cluster, string? @namespace, string name) =>
        [.. cluster.Resolver().Resolve(@namespace, name).Select(address => address.ToString())];
}
