using k8s.Models;

namespace Gateway.Tests.Cluster;

public sealed class ManifestScriptTests : IDisposable
{
    private const string Apply = "apply -k OVERLAY";
    private const string Restart = "rollout restart deployment/llmd-api-gateway -n llm-d-multi-model";

    private readonly ManifestScript _script = new();

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task Deploy_MakesTheNamespace_Applies_Waits_AndSaysHowToGoOn()
    {
        ScriptRun run = await _script.RunAsync();

        AssertSuccess(run);
        Assert.Equal(
            [
                "get namespace llm-d-multi-model --ignore-not-found -o name",
                "create namespace llm-d-multi-model",
                Apply,
                "rollout status deployment/llmd-api-gateway -n llm-d-multi-model --timeout=180s",
                "get secret llmd-api-gateway-admin -n llm-d-multi-model --ignore-not-found -o name",
            ],
            _script.Calls);
        Assert.Contains("  kubectl port-forward -n llm-d-multi-model svc/llmd-api-gateway 8001:8000\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  curl -X POST http://localhost:8001/v1/chat/completions ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeployedAgain_TheNamespaceStays_AndTheSameIsApplied()
    {
        AssertSuccess(await _script.RunAsync());
        string first = await File.ReadAllTextAsync(Path.Combine(_script.Overlay, "kustomization.yaml"), TestContext.Current.CancellationToken);
        _script.ForgetCalls();

        AssertSuccess(await _script.RunAsync());

        Assert.DoesNotContain(_script.Calls, call => call.StartsWith("create", StringComparison.Ordinal));
        Assert.Contains(Apply, _script.Calls);
        Assert.DoesNotContain(Restart, _script.Calls);
        Assert.Equal(first, await File.ReadAllTextAsync(Path.Combine(_script.Overlay, "kustomization.yaml"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("registry.example/team/gateway:1.2", "registry.example/team/gateway:1.2")]
    [InlineData("localhost:5000/gateway", "localhost:5000/gateway:latest")]
    [InlineData("localhost:5000/gateway:v1", "localhost:5000/gateway:v1")]
    [InlineData("gateway:v1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "gateway@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task NamespaceAndImage_ReachEveryObject(string image, string applied)
    {
        AssertSuccess(await _script.RunWithAsync([("NAMESPACE", "models"), ("IMAGE", image)]));
        ManifestObjects objects = await ManifestFolder.LoadAsync(_script.Overlay);

        Assert.All(objects.All, found => Assert.Equal("models", found.Metadata.NamespaceProperty));
        Assert.Equal("models", Assert.Single(objects.Get<V1RoleBinding>().Subjects).NamespaceProperty);
        Assert.Equal(applied, objects.Get<V1Deployment>().Spec.Template.Spec.Containers[0].Image);
    }

    [Fact]
    public async Task TheRepository_AndTheFolderOfTemporaryFiles_StayAsTheyWere()
    {
        string[] before = Snapshot();

        AssertSuccess(await _script.RunWithAsync([("NAMESPACE", "models"), ("IMAGE", "registry.example/gateway:1")]));

        Assert.Equal(before, Snapshot());
        Assert.Empty(_script.LeftOver);

        static string[] Snapshot() =>
            [.. Directory.EnumerateFiles(ManifestFolder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {File.ReadAllText(file)}")];
    }

    [Theory]
    [InlineData("--admin-token", "s3cret=")]
    [InlineData("--admin-token=s3cret=")]
    public async Task AdminToken_GetsIntoTheSecret_AndIntoNoArgument(params string[] arguments)
    {
        ScriptRun run = await _script.RunAsync(arguments);

        AssertSuccess(run);
        Assert.Equal("s3cret=", _script.Token);
        Assert.DoesNotContain(_script.Calls, call => call.Contains("s3cret", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", run.Output, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer $TOKEN", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Restart, _script.Calls);
    }

    [Fact]
    public async Task AnotherToken_RestartsTheGatewayThatRuns_AndTheSameDoesNot()
    {
        AssertSuccess(await _script.RunAsync("--admin-token", "one"));
        AssertSuccess(await _script.RunAsync("--admin-token", "one"));
        Assert.DoesNotContain(Restart, _script.Calls);

        AssertSuccess(await _script.RunAsync("--admin-token", "two"));

        Assert.Equal("two", _script.Token);
        Assert.Equal([Apply, Restart], _script.Calls.TakeLast(4).Take(2));
    }

    [Fact]
    public async Task WithoutAValue_ATokenIsMade_AndThenStays()
    {
        AssertSuccess(await _script.RunAsync("--admin-token"));
        string made = _script.Token;
        Assert.Matches("^[0-9a-f]{48}$", made);

        ScriptRun again = await _script.RunAsync("--admin-token");

        AssertSuccess(again);
        Assert.Equal(made, _script.Token);
        Assert.DoesNotContain(Restart, _script.Calls);
        Assert.Contains("Authorization: Bearer $TOKEN", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_RemovesWhatWasMade_ButTheNamespace()
    {
        AssertSuccess(await _script.RunAsync("--admin-token"));
        _script.ForgetCalls();

        ScriptRun run = await _script.RunAsync("--delete");

        AssertSuccess(run);
        Assert.Equal(
            ["delete -k OVERLAY --ignore-not-found", "delete secret llmd-api-gateway-admin -n llm-d-multi-model --ignore-not-found"], _script.Calls);
        Assert.Contains("Namespace llm-d-multi-model stays", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoMayNotSeeTheNamespace_MayStillDeployIntoIt()
    {
        ScriptRun run = await _script.With("forbidden").RunAsync();

        AssertSuccess(run);
        Assert.DoesNotContain(_script.Calls, call => call.StartsWith("create", StringComparison.Ordinal));
        Assert.Contains("namespaces is forbidden", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGatewayThatDoesNotGetReady_EndsWithWhereToLook()
    {
        ScriptRun run = await _script.With("never-ready").RunWithAsync([("TIMEOUT", "3s")]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error: the gateway is not ready after 3s.", run.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl logs -n llm-d-multi-model -l app=llmd-gateway", run.Error, StringComparison.Ordinal);
        Assert.Contains("get pods -n llm-d-multi-model -l app=llmd-gateway", _script.Calls);
        Assert.DoesNotContain("The gateway is ready", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClusterThatCantBeReached_IsSaid_AndNothingIsTried()
    {
        ScriptRun run = await _script.With("unreachable").RunAsync();

        Assert.Equal((1, "error: the cluster of kubectl's current context can't be reached: The connection to the server was refused\n"), (run.ExitCode, run.Error));
        Assert.Empty(_script.Calls);
    }

    [Fact]
    public async Task WithoutKubectl_ThatIsSaid()
    {
        ScriptRun run = await _script.RunWithAsync([("PATH", "/nowhere")]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: kubectl is not on the PATH;", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "--undo", "error: '--undo' is not an option; allowed are --admin-token [TOKEN], --delete and --help\n")]
    [InlineData("", "", "--admin-token|", "error: the token is empty; leave it out to have one made\n")]
    [InlineData("", "", "--admin-token=", "error: the token is empty; leave it out to have one made\n")]
    [InlineData("", "", "--delete|--admin-token", "error: --delete and --admin-token exclude each other\n")]
    [InlineData("NAMESPACE", "Models", "", "error: NAMESPACE is 'Models'; allowed are small letters, digits and dashes\n")]
    [InlineData("IMAGE", "a b", "", "error: IMAGE is 'a b'; allowed is [REGISTRY/]NAME[:TAG][@sha256:DIGEST]\n")]
    public async Task WhatCantBeMeant_IsRefusedBeforeTheClusterIsAsked(string variable, string value, string arguments, string error)
    {
        ScriptRun run = await _script.RunWithAsync(variable.Length > 0 ? [(variable, value)] : [], arguments.Length > 0 ? arguments.Split('|') : []);

        Assert.Equal((1, error), (run.ExitCode, run.Error));
        Assert.Empty(_script.Calls);
    }

    [Fact]
    public async Task Help_NeedsNoCluster()
    {
        ScriptRun run = await _script.With("unreachable").RunAsync("--help");

        AssertSuccess(run);
        Assert.Contains("--admin-token [TOKEN]", run.Output, StringComparison.Ordinal);
        Assert.Contains("NAMESPACE", run.Output, StringComparison.Ordinal);
        Assert.Empty(_script.Calls);
    }

    private static void AssertSuccess(ScriptRun run) => Assert.True(run is { ExitCode: 0, Error: "" }, $"{run.ExitCode} {run.Output} {run.Error}");
}
