using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>What the gateway may do in a cluster, and what applying the manifests again does to its mappings.</summary>
public sealed class ManifestPermissionTests
{
    public static TheoryData<string> Sources => [.. ManifestFolder.Sources];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task TheGateway_MayDoWhatItDoes_AndNothingElse(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);

        Assert.Equal(
            [
                ("", "pods", "", "list,watch"),
                ("", "services", "", "list,watch"),
                ("discovery.k8s.io", "endpointslices", "", "list,watch"),
                ("inference.networking.k8s.io", "inferencepools", "", "list,watch"),
                ("", "configmaps", "llmd-api-gateway-routes", "get,list,watch,patch"),
            ],
            objects.Get<V1Role>().Rules.SelectMany(Permissions));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task TheRole_IsBoundToTheAccountThatThePodsHave(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);
        V1RoleBinding binding = objects.Get<V1RoleBinding>();

        Assert.Equal(("Role", objects.Get<V1Role>().Metadata.Name), (binding.RoleRef.Kind, binding.RoleRef.Name));
        AssertSubject(objects, Assert.Single(binding.Subjects));
        Assert.Equal(objects.Get<V1ServiceAccount>().Metadata.Name, objects.Get<V1Deployment>().Spec.Template.Spec.ServiceAccountName);
    }

    [Fact]
    public async Task InSeveralNamespaces_TheGatewayMayReadEverywhere_AndWriteOnlyInItsOwn()
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync("overlays/several-namespaces");
        V1ClusterRole role = objects.Get<V1ClusterRole>();
        V1ClusterRoleBinding binding = objects.Get<V1ClusterRoleBinding>();

        Assert.All(role.Rules, rule => Assert.Equal(["list", "watch"], rule.Verbs));
        Assert.Equal(objects.Get<V1Role>().Rules.SelectMany(Permissions).SkipLast(1), role.Rules.SelectMany(Permissions));
        Assert.Equal(("ClusterRole", role.Metadata.Name), (binding.RoleRef.Kind, binding.RoleRef.Name));
        AssertSubject(objects, Assert.Single(binding.Subjects));
        Assert.Equal("llm-d-multi-model", objects.ReadGatewayOptions().Kubernetes.Namespaces[0]);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task TheConfigMapOfMappings_HasNoData_SoThatApplyingItAgainWipesNothing(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);
        V1ConfigMap routes = objects.Get<V1ConfigMap>(objects.ReadGatewayOptions().Kubernetes.RoutesConfigMap);

        Assert.Null(routes.Data);
        Assert.Null(routes.BinaryData);
    }

    private static void AssertSubject(ManifestObjects objects, Rbacv1Subject subject)
    {
        V1ServiceAccount account = objects.Get<V1ServiceAccount>();
        Assert.Equal(("ServiceAccount", account.Metadata.Name, account.Metadata.NamespaceProperty), (subject.Kind, subject.Name, subject.NamespaceProperty));
    }

    private static IEnumerable<(string Group, string Resource, string Names, string Verbs)> Permissions(V1PolicyRule rule) =>
        from apiGroup in rule.ApiGroups
        from resource in rule.Resources
        select (apiGroup, resource, string.Join(',', rule.ResourceNames ?? []), string.Join(',', rule.Verbs));
}
