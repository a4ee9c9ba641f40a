using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Tests.Admin;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class KubernetesConnectionTests
{
    private const string Kubeconfig = """
        apiVersion: v1
        kind: Config
        current-context: staging
        contexts:
        - name: staging
          context: { cluster: there, user: me, namespace: llm-d }
        - name: bare
          context: { cluster: there, user: me }
        - name: lost
          context: { cluster: gone, user: me }
        clusters:
        - name: there
          cluster: { server: "http://127.0.0.1:6443" }
        users:
        - name: me
          user: { token: secret }
        """;

    [Theory]
    [InlineData(null, "llm-d")]
    [InlineData("staging", "llm-d")]
    [InlineData("bare", "default")]
    public void Kubeconfig_SaysWhereAndWhichNamespace(string? context, string @namespace)
    {
        using var folder = new TemporaryFolder();
        using KubernetesConnection connection = KubernetesConnection.Open(Options(Write(folder, Kubeconfig), context));

        Assert.Equal(new Uri("http://127.0.0.1:6443/"), connection.Client.BaseUri);
        Assert.Equal(@namespace, connection.Namespace);
    }

    [Theory]
    [InlineData(Kubeconfig, "nowhere", "its context 'nowhere': CurrentContext: nowhere not found in contexts in kubeconfig")]
    [InlineData(Kubeconfig, "lost", "its context 'lost': Cluster not found for context")]
    [InlineData("", null, "its current context: it is empty or no kubeconfig")]
    [InlineData("contexts: [", null, "its current context: While parsing")]
    [InlineData("{}", null, "its current context: Cannot infer server host url")]
    public void BrokenKubeconfig_IsOneMessageWithFileAndContext(string content, string? context, string reason)
    {
        using var folder = new TemporaryFolder();
        string file = Write(folder, content);

        var broken = Assert.Throws<KubernetesConnectionException>(() => KubernetesConnection.Open(Options(file, context)));

        Assert.StartsWith($"The kubeconfig '{file}' can't be used with {reason}", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingKubeconfig_IsNamed()
    {
        var missing = Assert.Throws<KubernetesConnectionException>(() => KubernetesConnection.Open(Options("/nowhere/config", null)));

        Assert.Equal(
            "The kubeconfig '/nowhere/config' can't be used with its current context: kubeconfig file not found at /nowhere/config",
            missing.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhetherItIsWanted_IsAsConfigured(bool enabled) =>
        Assert.Equal(enabled, KubernetesConnection.IsWanted(new KubernetesOptions { Enabled = enabled }));

    [Fact]
    public void OutsideACluster_ItIsNotWantedUnlessConfigured()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null, "runs in a cluster");

        Assert.False(KubernetesConnection.IsWanted(new KubernetesOptions()));
    }

    private static KubernetesOptions Options(string file, string? context) => new() { Kubeconfig = file, Context = context };

    private static string Write(TemporaryFolder folder, string content)
    {
        string file = folder.File("config");
        File.WriteAllText(file, content);
        return file;
    }
}
