using Gateway.Discovery;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class PodSourceTests
{
    [Theory]
    [InlineData("decode", true)]
    [InlineData("prefill-decode", true)]
    [InlineData("both", true)]
    [InlineData("encode-prefill-decode", true)]
    [InlineData("prefill", false)]
    [InlineData("encode", false)]
    [InlineData(null, false)]
    public void ARole_SaysWhetherAPodServesWholeRequests(string? role, bool serves)
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode).Labelled("llm-d.ai/role", role));

        Assert.Equal(serves ? ["http://10.0.0.7:8000"] : [], cluster.Served());
        Assert.Empty(cluster.Ignored());
    }

    [Fact]
    public void AnotherSelector_SelectsOtherPods()
    {
        TestCluster cluster = new TestCluster().With(LlmdPods.Running(LlmdPods.GuideDecode), LlmdPods.Running(LlmdPods.ChartDecode, "10.0.0.8"));

        Assert.Equal(["http://10.0.0.7:8000"], cluster.Served(selector: "llm-d.ai/guide=optimized-baseline"));
    }

    [Fact]
    public void APodThatServesNotNow_IsHeldBackWithTheReason()
    {
        V1Pod terminating = LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.1").Named("terminating");
        terminating.Metadata.DeletionTimestamp = DateTime.UtcNow;
        TestCluster cluster = new TestCluster().With(
            terminating,
            LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.2").Named("loading").NotReady("containers with unready status: [modelserver]"),
            LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.3").Named("cordoned").Annotated("gateway.llm-d.ai/cordon", "true"),
            LlmdPods.Running(LlmdPods.GuideDecode, "10.0.0.4").Named("cordon-lifted").Annotated("gateway.llm-d.ai/cordon", "false"));

        Assert.Equal(["http://10.0.0.4:8000"], cluster.Served());
        Assert.Equal(
            ["terminating", "not Ready: containers with unready status: [modelserver]", "cordoned", null],
            cluster.Find().Endpoints.Select(endpoint => endpoint.Withheld));
        Assert.Equal(
            [
                "pod llm-d/terminating: terminating",
                "pod llm-d/loading: not Ready: containers with unready status: [modelserver]",
                "pod llm-d/cordoned: cordoned",
            ],
            cluster.Ignored());
    }

    [Fact]
    public void APodThatCanNotServe_IsNoEndpoint()
    {
        V1Pod empty = LlmdPods.Running(LlmdPods.GuideDecode, "").Named("empty-ip").NotReady();
        V1Pod pending = LlmdPods.Running(LlmdPods.GuideDecode).Named("pending");
        pending.Status = null;
        V1Pod evicted = LlmdPods.Running(LlmdPods.GuideDecode).Named("evicted");
        evicted.Status.Phase = "Failed";
        TestCluster cluster = new TestCluster().With(
            LlmdPods.Running(LlmdPods.LeaderWorkerSetWorker), empty, pending, evicted, LlmdPods.Running(LlmdPods.GuideDecode, "169.254.169.254").Named("metadata"));

        Assert.Empty(cluster.Find().Endpoints);
        Assert.Equal(
            [
                "pod llm-d/wide-ep-decode-0-1: worker 1 of a LeaderWorkerSet, of which only the leader answers requests",
                "pod llm-d/empty-ip: no IP address yet",
                "pod llm-d/pending: no IP address yet",
                "pod llm-d/evicted: has ended (Failed)",
                "pod llm-d/metadata: its address 169.254.169.254 is link-local",
            ],
            cluster.Ignored());
    }

    [Fact]
    public void TheLeaderOfALeaderWorkerSet_Serves()
    {
        V1Pod leader = LlmdPods.Running(LlmdPods.LeaderWorkerSetWorker).Labelled("leaderworkerset.sigs.k8s.io/worker-index", "0");

        Assert.Equal(["http://10.0.0.7:8000"], new TestCluster().With(leader).Served());
    }

    [Fact]
    public void AnAddressThatAnEndingPodHadBefore_IsTheNewPods()
    {
        V1Pod old = LlmdPods.Running(LlmdPods.GuideDecode).Named("old").NotReady();
        V1Pod young = LlmdPods.Running(LlmdPods.GuideSglang).Named("young");
        FoundEndpoint found = Assert.Single(new TestCluster().With(old, young).Find().Endpoints);

        Assert.Equal(("young", "sglang", null), (found.Origin.Name, found.Engine, found.Withheld));
    }
}
