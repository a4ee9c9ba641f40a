using Gateway.Discovery;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class ServiceSourceTests
{
    /// <summary>As llm-d's former operator makes it: headless, its own labels say nothing, its selector does.</summary>
    private const string Headless = """
        metadata: {name: base-service-decode, namespace: llm-d, labels: {app: base}}
        spec:
          clusterIP: None
          selector: {llm-d.ai/inferenceServing: "true", llm-d.ai/model: base, llm-d.ai/role: decode}
          ports: [{name: vllm, port: 80, targetPort: 8200}]
        """;

    private const string HeadlessSlice = """
        metadata: {name: base-service-decode-abc, namespace: llm-d, labels: {kubernetes.io/service-name: base-service-decode}}
        addressType: IPv4
        ports: [{name: metrics, port: 9090}, {name: vllm, port: 8200, protocol: TCP}]
        endpoints:
        - {addresses: [10.0.0.1], conditions: {ready: true, serving: true, terminating: false}}
        - {addresses: [10.0.0.2]}
        - {addresses: [10.0.0.3], conditions: {ready: false, serving: true, terminating: true}}
        - {addresses: [10.0.0.4], conditions: {ready: false}}
        - {addresses: [169.254.169.254]}
        """;

    /// <summary>As KServe makes it, with a label of llm-d's put on.</summary>
    private const string ClusterIp = """
        metadata: {name: llama-kserve-workload-svc, namespace: llm-d, labels: {llm-d.ai/role: both}}
        spec:
          type: ClusterIP
          clusterIP: 10.96.0.9
          selector: {app.kubernetes.io/name: llama}
          ports: [{name: metrics, port: 9090}, {name: https, port: 8000, targetPort: 8001}]
        """;

    private const string ClusterIpSlice = """
        metadata: {name: llama-1, namespace: llm-d, labels: {kubernetes.io/service-name: llama-kserve-workload-svc}}
        addressType: IPv4
        ports: [{name: https, port: 8001}]
        endpoints:
        - {addresses: [10.0.0.7], conditions: {ready: true}, targetRef: {kind: Pod, namespace: llm-d, name: llama-0}}
        """;

    [Fact]
    public void AHeadlessService_IsFoundByItsSelector_AndResolvedThroughItsSlices()
    {
        TestCluster cluster = new TestCluster().WithService(Headless, HeadlessSlice);

        Assert.Equal(["http://10.0.0.1:8200", "http://10.0.0.2:8200"], cluster.Served());
        Assert.Equal(
            ["service llm-d/base-service-decode: 10.0.0.3 is not ready", "service llm-d/base-service-decode: 10.0.0.4 is not ready"], cluster.Ignored());
        Assert.All(cluster.Find().Endpoints, endpoint => Assert.Equal("base-service-decode", endpoint.ServiceName));
    }

    [Fact]
    public void AServiceWhoseSelectorWantsAnotherRole_IsNotMeant()
    {
        TestCluster cluster = new TestCluster().WithService(Headless.Replace("role: decode", "role: prefill", StringComparison.Ordinal), HeadlessSlice);

        Assert.Empty(cluster.Served());
        Assert.Empty(cluster.Ignored());
    }

    [Fact]
    public void AServiceOfOtherPods_IsNotMeant() =>
        Assert.Empty(new TestCluster().WithService(Headless.Replace(", llm-d.ai/role: decode", "", StringComparison.Ordinal), HeadlessSlice).Served());

    [Fact]
    public void AServiceWithTheLabel_BringsPodsThatTheSelectorDoesNotSelect()
    {
        V1Pod pod = LlmdPods.Running(LlmdPods.GuideSglang).Named("llama-0").Labelled("llm-d.ai/role", null);
        TestCluster cluster = new TestCluster().With(pod).WithService(ClusterIp, ClusterIpSlice);
        FoundEndpoint found = Assert.Single(cluster.Find().Endpoints);

        Assert.Equal("https://10.0.0.7:8001", found.Address.ToString());
        Assert.Equal(("pod llm-d/llama-0", "sglang", "llama-kserve-workload-svc"), (found.Origin.ToString(), found.Engine, found.ServiceName));
        Assert.Equal(["Qwen/Qwen3-32B"], found.FallbackModels);
        Assert.Empty(cluster.Ignored());
    }

    [Fact]
    public void APodThatIsFoundByItself_IsOneEndpoint_WhateverPortTheServiceHas()
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode).Named("llama-0")).WithService(ClusterIp, ClusterIpSlice);
        FoundEndpoint found = Assert.Single(cluster.Find().Endpoints);

        Assert.Equal("http://10.0.0.7:8000", found.Address.ToString());
        Assert.Equal("llama-kserve-workload-svc", found.ServiceName);
    }

    [Fact]
    public void AServicesEngine_HoldsForItsPods_UnlessTheyNameTheirOwn()
    {
        string service = ClusterIp.Replace("role: both", "role: both, llm-d.ai/engine-type: mine", StringComparison.Ordinal);
        TestCluster cluster = new TestCluster().With(Pod()).WithService(service, ClusterIpSlice);
        Assert.Equal("mine", Assert.Single(cluster.Find().Endpoints).Engine);

        cluster.With(Pod().Labelled("llm-d.ai/engine-type", "own"));
        Assert.Equal("own", Assert.Single(cluster.Find().Endpoints).Engine);

        static V1Pod Pod() => LlmdPods.Running(LlmdPods.GuideDecode).Named("llama-0").Labelled("llm-d.ai/role", null);
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "https://10.0.0.7:8001")]
    public void APodInTwoSlices_IsOneEndpoint(bool isTerminating, string served)
    {
        string moved = ClusterIpSlice.Replace("llama-1", "llama-2", StringComparison.Ordinal)
            .Replace("{ready: true}", $"{{ready: false, terminating: {(isTerminating ? "true" : "false")}}}", StringComparison.Ordinal);
        TestCluster cluster = new TestCluster()
            .With(LlmdPods.Running(LlmdPods.GuideDecode).Named("llama-0").Labelled("llm-d.ai/role", null))
            .WithService(ClusterIp, ClusterIpSlice, moved);

        Assert.Equal(served, string.Join(' ', cluster.Served()));
        Assert.Single(cluster.Find().Endpoints);
    }

    [Fact]
    public void SeveralSlices_AreOneService()
    {
        string second = ClusterIpSlice.Replace("llama-1", "llama-2", StringComparison.Ordinal).Replace("10.0.0.7", "10.0.0.8", StringComparison.Ordinal)
            .Replace("llama-0", "llama-9", StringComparison.Ordinal);

        // The pods are not known yet: a watch of slices may be ahead of that of pods.
        Assert.Equal(["https://10.0.0.7:8001", "https://10.0.0.8:8001"], new TestCluster().WithService(ClusterIp, second, ClusterIpSlice).Served());
    }

    [Fact]
    public void AServiceScaledToZero_HasSlicesOfNothing()
    {
        const string Nothing = """
            metadata: {name: llama-1, namespace: llm-d, labels: {kubernetes.io/service-name: llama-kserve-workload-svc}}
            addressType: IPv4
            endpoints: null
            ports: null
            """;
        TestCluster cluster = new TestCluster().WithService(ClusterIp, Nothing);

        Assert.Empty(cluster.Find().Endpoints);
        Assert.Equal(["service llm-d/llama-kserve-workload-svc: no ready endpoint"], cluster.Ignored());
    }

    [Theory]
    [InlineData("metadata: {name: s, namespace: llm-d, labels: {llm-d.ai/role: decode}}\nspec: {type: ExternalName, externalName: example.com}", "of type ExternalName, which is never followed")]
    [InlineData("metadata: {name: s, namespace: llm-d, labels: {llm-d.ai/role: decode}}\nspec: {clusterIP: 10.96.0.1}", "no TCP port")]
    [InlineData("metadata: {name: s, namespace: llm-d, labels: {llm-d.ai/role: decode}}\nspec: {clusterIP: 10.96.0.1, ports: [{port: 1, protocol: UDP}]}", "no TCP port")]
    public void AServiceThatCanNotServe_IsTold(string service, string reason)
    {
        TestCluster cluster = new TestCluster().WithService(service);

        Assert.Empty(cluster.Served());
        Assert.Equal([$"service llm-d/s: {reason}"], cluster.Ignored());
    }

    [Fact]
    public void APodThatContradictsTheSelector_ServesNotEvenBehindAService()
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.ChartPrefill).Named("llama-0")).WithService(ClusterIp, ClusterIpSlice);

        Assert.Empty(cluster.Served());
        Assert.Equal(
            [
                "pod llm-d/llama-0: behind service llama-kserve-workload-svc, but its labels contradict Kubernetes:Selector",
                "service llm-d/llama-kserve-workload-svc: no ready endpoint",
            ],
            cluster.Ignored());
    }

    [Fact]
    public void DialledAtItsOwnAddress_AServiceStandsForItsPods()
    {
        V1Pod behind = LlmdPods.Running(LlmdPods.GuideSglang).Named("llama-0");
        V1Pod alone = LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.8").Named("alone");
        TestCluster cluster = new TestCluster().With(behind, alone).WithService(ClusterIp, ClusterIpSlice).WithService(Headless, HeadlessSlice);
        FoundEndpoint found = Assert.Single(cluster.Find(dialsServices: true).Endpoints);

        Assert.Equal("https://10.96.0.9:8000", found.Address.ToString());
        Assert.Equal(("service llm-d/llama-kserve-workload-svc", "sglang"), (found.Origin.ToString(), found.Engine));
        Assert.Equal(["Qwen/Qwen3-32B"], found.FallbackModels);
        Assert.Equal(
            [
                "service llm-d/base-service-decode: headless: it has no address to dial, which Kubernetes:Address=service asks for",
                "pod llm-d/alone: behind no Service that can be dialled, which Kubernetes:Address=service asks for",
            ],
            cluster.Ignored(dialsServices: true));
    }

    [Fact]
    public void DialledAtItsOwnAddress_AServiceWithoutReadyPodsIsHeldBack()
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideSglang).Named("llama-0").NotReady()).WithService(ClusterIp, ClusterIpSlice);

        Assert.Equal("no ready endpoint", Assert.Single(cluster.Find(dialsServices: true).Endpoints).Withheld);
        Assert.Equal(
            ["service llm-d/llama-kserve-workload-svc: no ready endpoint", "pod llm-d/llama-0: not Ready"], cluster.Ignored(dialsServices: true));
    }
}
