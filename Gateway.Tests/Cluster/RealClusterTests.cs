using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gateway.Discovery.Kubernetes;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>The whole gateway against a real API server.</summary>
[Collection(nameof(RealCluster))]
public sealed class RealClusterTests(RealCluster cluster)
{
    [Fact]
    public async Task Pods_AreRoutedWhileTheyAreReady()
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        await home.AddPodAsync("a", "m", "vllm");
        await home.AddPodAsync("b", "m", "sglang");
        await using TestGateway gateway = await home.StartGatewayAsync();
        await Routed.UntilListedAsync(gateway, "m on sglang", "m on vllm");

        using HttpResponseMessage answer = await Routed.ChatAsync(gateway, "m", "sglang");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await home.SetReadyAsync("a", isReady: false);
        await Routed.UntilListedAsync(gateway, "m on sglang");
        await home.SetReadyAsync("a", isReady: true);
        await Routed.UntilListedAsync(gateway, "m on sglang", "m on vllm");
        await home.DeletePodAsync("b");
        await Routed.UntilListedAsync(gateway, "m on vllm");
    }

    [Fact]
    public async Task MappingPostedToOneReplica_IsRoutedByTheOther_AndGoneWhenItIsDeleted()
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        SimulatedEngine engine = await home.AddPodAsync("a", "m", "vllm");
        await using TestGateway one = await home.StartGatewayAsync();
        await using TestGateway other = await home.StartGatewayAsync();

        using HttpResponseMessage posted = await Routed.PostMappingAsync(one, "alias", engine);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        await Routed.UntilListedAsync(other, "alias on vllm", "m on vllm");

        using HttpResponseMessage deleted = await other.Client.DeleteAsync(
            "/admin/api/routing?model=alias&owned_by=vllm", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await Routed.UntilListedAsync(one, "m on vllm");
    }

    [Fact]
    public async Task FiftyMappingsPostedToBothReplicasAtOnce_AreAllKept()
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        SimulatedEngine engine = await home.AddPodAsync("a", "m", "vllm");
        await using TestGateway one = await home.StartGatewayAsync();
        await using TestGateway other = await home.StartGatewayAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            using HttpResponseMessage posted = await Routed.PostMappingAsync(number % 2 == 0 ? one : other, $"alias-{number:00}", engine);
            Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        }));

        string[] all = [.. Enumerable.Range(0, 50).Select(number => $"alias-{number:00} on vllm"), "m on vllm"];
        await Routed.UntilListedAsync(one, all);
        await Routed.UntilListedAsync(other, all);
    }

    [Fact]
    public async Task EditByHand_IsTakenUp()
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        SimulatedEngine engine = await home.AddPodAsync("a", "m", "vllm");
        await using TestGateway gateway = await home.StartGatewayAsync();

        await home.EditMappingsAsync("my-route", $$"""{"model":"by-hand","owned_by":"vllm","endpoints":["{{engine.Url}}"],"target_model":"m"}""");

        await Routed.UntilListedAsync(gateway, "by-hand on vllm", "m on vllm");
    }

    [Fact]
    public async Task AService_IsRoutedThroughItsEndpointSlice_UntilThatIsEmpty()
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        IPAddress? address = OwnAddress();
        Assert.SkipWhen(address is null, "This machine has no address but loopback ones, which the API server takes for no endpoint's.");
        await home.AddServiceAsync("front", "m", "sglang", address!);
        await using TestGateway gateway = await home.StartGatewayAsync();
        await Routed.UntilListedAsync(gateway, "m on sglang");

        await home.EmptySliceAsync("front");

        await Routed.UntilListedAsync(gateway);
    }

    private static IPAddress? OwnAddress() =>
        (from network in NetworkInterface.GetAllNetworkInterfaces()
         where network.OperationalStatus == OperationalStatus.Up
         from one in network.GetIPProperties().UnicastAddresses
         where one.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(one.Address) && AddressForm.IsDiallable($"{one.Address}")
         select one.Address).FirstOrDefault();
}
