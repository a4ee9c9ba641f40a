using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>What a real API server says to the manifests.</summary>
[Collection(nameof(RealCluster))]
public sealed class RealManifestTests(RealCluster cluster)
{
    private const string ManifestNamespace = "llm-d-multi-model";

    // One component is of a kind that only an operator brings.
    public static TheoryData<string> Sources => [.. ManifestFolder.Sources.Where(source => source != ManifestFolder.WithComponents)];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task EverySource_WouldBeApplied(string source)
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        Assert.SkipWhen(ManifestFolder.Kubectl is null, "kubectl is not on the PATH.");
        string manifests = await ReadForAsync(home, source);

        // Nothing is kept of it. The namespace has to be there all the same.
        using Process kubectl = Process.Start(new ProcessStartInfo(
            ManifestFolder.Kubectl!, ["apply", "--server-side", "--dry-run=server", "--force-conflicts", $"--kubeconfig={cluster.Kubeconfig}", "-f", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.StandardInput.WriteAsync(manifests);
        kubectl.StandardInput.Close();
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken).SoonAsync();

        Assert.True(kubectl.ExitCode == 0, await error);
        Assert.Contains("deployment.apps/llmd-api-gateway", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheAccountOfTheManifests_MayDoAllThatTheGatewayDoes()
    {
        await using ClusterNamespace home = await ClusterNamespace.CreateAsync(cluster);
        SimulatedEngine engine = await home.AddPodAsync("a", "m", "vllm");
        string token = await home.CreateAccountAsync(ManifestObjects.Parse(await ReadForAsync(home, ManifestFolder.OneFile)));
        await using TestGateway gateway = await home.StartGatewayAsync(token);
        await Routed.UntilListedAsync(gateway, "m on vllm");

        using HttpResponseMessage posted = await Routed.PostMappingAsync(gateway, "alias", engine);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        await home.EditMappingsAsync("my-route", $$"""{"model":"by-hand","owned_by":"vllm","endpoints":["{{engine.Url}}"],"target_model":"m"}""");
        await Routed.UntilListedAsync(gateway, "alias on vllm", "by-hand on vllm", "m on vllm");

        JsonElement status = await Routed.StatusOfAsync(gateway);
        Assert.Empty(status.GetProperty("mapping_problems").EnumerateArray());

        // InferencePools need not be installed.
        Assert.All(
            status.GetProperty("discovery").GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("error").GetString()),
            error => Assert.True(error is null || error.StartsWith("404: could not list inferencepools", StringComparison.Ordinal), error));
    }

    private static async Task<string> ReadForAsync(ClusterNamespace home, string source) =>
        (await ManifestFolder.ReadAsync(source)).Replace(ManifestNamespace, home.Name, StringComparison.Ordinal);
}
