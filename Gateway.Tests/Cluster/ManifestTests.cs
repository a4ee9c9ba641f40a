using k8s.Models;

namespace Gateway.Tests.Cluster;

public sealed class ManifestTests
{
    private const string Name = "llmd-api-gateway";

    public static TheoryData<string> Sources => [.. ManifestFolder.Sources];

    /// <summary>But kustomize's own and the one whose kind is an operator's: there is no model of them to check against.</summary>
    public static TheoryData<string> RawFiles =>
    [
        .. Directory.EnumerateFiles(ManifestFolder.Root, "*.yaml", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("kustomization.yaml" or "pod-monitor.yaml"))
            .Select(file => Path.GetRelativePath(ManifestFolder.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(RawFiles))]
    public async Task RawFiles_HaveOnlyMembersOfTheirKind(string file)
    {
        string yaml = await File.ReadAllTextAsync(Path.Combine(ManifestFolder.Root, file), TestContext.Current.CancellationToken);

        Assert.NotEmpty(ManifestObjects.Parse(yaml).All);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  port: 1\n")]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  name: b\n")]
    [InlineData("apiVersion: v1\nkind: Servise\nmetadata:\n  name: a\n")]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: two\n")]
    public void AMistake_IsNotPassedOver(string yaml) => Assert.ThrowsAny<Exception>(() => ManifestObjects.Parse(yaml));

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task EveryObject_IsInTheNamespaceOfTheModels_AndLabelled(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);

        Assert.NotEmpty(objects.All);
        Assert.All(objects.All, found =>
        {
            bool isOfTheCluster = found is V1Namespace or V1ClusterRole or V1ClusterRoleBinding;
            Assert.Equal(isOfTheCluster ? null : "llm-d-multi-model", found.Metadata.NamespaceProperty);
            if (found.Metadata.Name.StartsWith(Name, StringComparison.Ordinal))
                Assert.Equal("llmd-gateway", found.Metadata.Labels["app"]);
        });
    }

    [Fact]
    public async Task TheBase_HasTwoReplicas_AndTheAutoscalerTakesTheirNumberOver()
    {
        V1Deployment plain = (await ManifestFolder.LoadAsync("base")).Get<V1Deployment>();
        ManifestObjects scaled = await ManifestFolder.LoadAsync(ManifestFolder.WithComponents);

        Assert.Equal(2, plain.Spec.Replicas);
        Assert.Null(scaled.Get<V1Deployment>().Spec.Replicas);
        Assert.Equal(("Deployment", Name), (scaled.Get<V2HorizontalPodAutoscaler>().Spec.ScaleTargetRef.Kind, scaled.Get<V2HorizontalPodAutoscaler>().Spec.ScaleTargetRef.Name));
        Assert.Equal(plain.Spec.Selector.MatchLabels, scaled.Get<V1NetworkPolicy>().Spec.PodSelector.MatchLabels);
    }

    [Fact]
    public async Task TheOneFile_IsUpToDate()
    {
        ManifestObjects overlay = await ManifestFolder.LoadAsync("overlays/one-namespace");
        ManifestObjects oneFile = await ManifestFolder.LoadAsync(ManifestFolder.OneFile);

        // Compared as objects: kustomize's versions don't all write them down alike.
        Assert.True(overlay.AsJson().SequenceEqual(oneFile.AsJson()), "Run `dotnet cake --target=Manifests`.");
        Assert.Equal("llm-d-multi-model", Assert.Single(oneFile.All.OfType<V1Namespace>()).Metadata.Name);
    }
}
