using Gateway.Discovery;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class InferencePoolSourceTests
{
    private const string Baseline = """
        {"apiVersion":"inference.networking.k8s.io/v1","kind":"InferencePool","metadata":{"name":"baseline","namespace":"llm-d"},
         "spec":{"selector":{"matchLabels":{"llm-d.ai/guide":"optimized-baseline"}},"targetPorts":[{"number":8000},{"number":8001}],
                 "endpointPickerRef":{"name":"epp","port":{"number":9002}}}}
        """;

    [Fact]
    public void EachTargetPort_IsAnEndpoint()
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode)).WithPool(Baseline);

        Assert.Equal(["http://10.0.0.7:8000", "http://10.0.0.7:8001"], cluster.Served());
        Assert.Empty(cluster.Ignored());
    }

    [Fact]
    public void APodWithoutARole_ServesWhenAPoolSelectsIt()
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode).Labelled("llm-d.ai/role", null)).WithPool(Baseline);

        Assert.Equal(["http://10.0.0.7:8000", "http://10.0.0.7:8001"], cluster.Served());
    }

    [Fact]
    public void APrefillPod_ServesNoRequests_EvenInAPool()
    {
        TestCluster cluster = new TestCluster()
            .With(LlmdPods.Running(LlmdPods.ChartPrefill).Labelled("llm-d.ai/guide", "optimized-baseline").Named("prefill")).WithPool(Baseline);

        Assert.Empty(cluster.Served());
        Assert.Equal(["pod llm-d/prefill: in an InferencePool, but its labels contradict Kubernetes:Selector"], cluster.Ignored());
    }

    [Theory]
    [InlineData("llm-d.ai/active-ports", "8001", "http://10.0.0.7:8001")]
    [InlineData("inference.networking.k8s.io/active-ports", "8000, 8001", "http://10.0.0.7:8000 http://10.0.0.7:8001")]
    [InlineData("llm-d.ai/active-ports", "9", "")]
    public void ActivePorts_RestrictThem(string annotation, string ports, string served)
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode).Named("p").Annotated(annotation, ports)).WithPool(Baseline);

        Assert.Equal(served, string.Join(' ', cluster.Served()));
        Assert.Equal(
            served.Length == 0 ? ["pod llm-d/p: no port: its active-ports annotation leaves none of its InferencePool's target ports"] : [],
            cluster.Ignored());
    }

    [Fact]
    public void AnAnnotationOfOurs_OutranksThePool()
    {
        V1Pod pod = LlmdPods.Running(LlmdPods.GuideDecode).Annotated("gateway.llm-d.ai/port", "8001");

        Assert.Equal(["http://10.0.0.7:8001"], new TestCluster().With(pod).WithPool(Baseline).Served());
    }

    [Theory]
    [InlineData("kubernetes.io/h2c", true)]
    [InlineData("http", false)]
    public void TheAppProtocol_SaysWhichHttp(string protocol, bool http2)
    {
        string pool = Baseline.Replace("\"targetPorts\"", $"\"appProtocol\":\"{protocol}\",\"targetPorts\"", StringComparison.Ordinal);
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode)).WithPool(pool);

        Assert.All(cluster.Find().Endpoints, endpoint => Assert.Equal(http2, endpoint.Address.Http2));
    }

    [Fact]
    public void APool_SelectsInItsOwnNamespaceOnly()
    {
        V1Pod elsewhere = LlmdPods.Running(LlmdPods.GuideDecode).Named("p", "other");
        TestCluster cluster = new TestCluster(scope: null).With(elsewhere).WithPool(Baseline);

        Assert.Equal(["http://10.0.0.7:8000"], cluster.Served());
    }

    [Fact]
    public void APoolThatSaysTooLittle_SelectsNothing()
    {
        const string Empty = """{"metadata":{"name":"empty","namespace":"llm-d"},"spec":{"selector":{"matchLabels":{}},"targetPorts":[{"number":1}]}}""";
        const string Portless = """{"metadata":{"name":"portless","namespace":"llm-d"},"spec":{"selector":{"matchLabels":{"llm-d.ai/role":"decode"}}}}""";
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode)).WithPool(Empty).WithPool(Portless);

        Assert.Equal(["http://10.0.0.7:8000"], cluster.Served());
        Assert.Equal(["inferencepool llm-d/portless: names no target port"], cluster.Ignored());
    }

    [Fact]
    public void SeveralPools_ShareAPod()
    {
        string second = Baseline.Replace("\"baseline\"", "\"second\"", StringComparison.Ordinal).Replace("8001", "8002", StringComparison.Ordinal);
        IEnumerable<FoundEndpoint> found = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode)).WithPool(Baseline).WithPool(second).Find().Endpoints;

        Assert.Equal(["10.0.0.7:8000", "10.0.0.7:8001", "10.0.0.7:8002"], found.Select(endpoint => endpoint.Address.Authority));
    }
}
