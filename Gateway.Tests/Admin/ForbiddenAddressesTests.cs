using Gateway.Admin;
using Gateway.Routing;

namespace Gateway.Tests.Admin;

public sealed class ForbiddenAddressesTests
{
    private readonly ForbiddenAddresses _inCluster = new("10.96.0.1");

    [Theory]
    [InlineData("http://169.254.169.254:80")]
    [InlineData("http://169.254.0.1:8000")]
    [InlineData("http://0xa9fea9fe:80")]
    [InlineData("http://2852039166:80")]
    [InlineData("http://[::ffff:169.254.169.254]:80")]
    [InlineData("http://[fe80::1]:8000")]
    [InlineData("http://[febf::1]:8000")]
    [InlineData("http://[fe80::1%25eth0]:8000")]
    [InlineData("http://metadata.google.internal:80")]
    [InlineData("http://Metadata.Google.Internal.:80")]
    [InlineData("https://10.96.0.1:443")]
    [InlineData("http://[::ffff:10.96.0.1]:443")]
    [InlineData("https://kubernetes")]
    [InlineData("https://kubernetes.default:443")]
    [InlineData("https://Kubernetes.Default.svc.")]
    [InlineData("https://kubernetes.default.svc.cluster.local:443")]
    [InlineData("https://kubernetes.default.svc.other.domain:443")]
    public void Refused(string url)
    {
        Assert.NotNull(_inCluster.FindObjection(ToEndpoints(url)));
        var canary = ToEndpoints() with { Targets = [new MappingTarget { ServiceName = "s" }, new MappingTarget { Endpoints = [FakeDiscovery.Address(url)] }] };
        Assert.NotNull(_inCluster.FindObjection(canary));
    }

    [Theory]
    [InlineData("http://10.0.0.1:8000")]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("http://169.253.1.1:8000")]
    [InlineData("http://[fec0::1]:8000")]
    [InlineData("http://[fd00::1]:8000")]
    [InlineData("http://kubernetes.example:8000")]
    [InlineData("http://ms-decode.default.svc.cluster.local:8000")]
    public void Allowed(string url) => Assert.Null(_inCluster.FindObjection(ToEndpoints(url)));

    [Fact]
    public void OutsideACluster_NoAddressIsTheApiServers()
    {
        var outside = new ForbiddenAddresses(null);
        Assert.Null(outside.FindObjection(ToEndpoints("https://10.96.0.1:443")));
        Assert.NotNull(outside.FindObjection(ToEndpoints("http://169.254.169.254:80")));
    }

    [Fact]
    public void ApiServerNamedByHostName_IsRefused() =>
        Assert.NotNull(new ForbiddenAddresses("api.cluster.example").FindObjection(ToEndpoints("https://API.cluster.example:6443")));

    [Theory]
    [InlineData("kubernetes", null, false)]
    [InlineData("kubernetes", "default", false)]
    [InlineData("kubernetes", "team-a", true)]
    [InlineData("ms-decode", "default", true)]
    [InlineData("ms-decode", null, true)]
    public void ApiServersServiceIsRefusedByName(string service, string? inNamespace, bool allowed)
    {
        Mapping mapping = ToEndpoints() with { ServiceName = service, Namespace = inNamespace };
        Mapping canary = ToEndpoints() with { Targets = [new MappingTarget { ServiceName = service }], Namespace = inNamespace };
        Assert.Equal(allowed, _inCluster.FindObjection(mapping) is null);
        Assert.Equal(allowed, _inCluster.FindObjection(canary) is null);
    }

    [Fact]
    public async Task Post_OfLinkLocalAddress_Is400()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer answer = await host.PostAsync(
            "/admin/api/routing", """{"model":"m","owned_by":"vllm","endpoints":["http://10.0.0.1:8000","http://169.254.169.254"]}""");
        Assert.Equal((400, "invalid_mapping"), (answer.Status, answer.ErrorCode));
        Assert.Contains("169.254.169.254:80", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(host.Store.Current.Mappings);
    }

    private static Mapping ToEndpoints(params string[] urls) =>
        new() { Model = "m", OwnedBy = "vllm", Endpoints = [.. urls.Select(FakeDiscovery.Address)] };
}
