using k8s;
using Testcontainers.K3s;

namespace Gateway.Tests.Cluster;

/// <summary>
/// A real API server for the tests of this folder: the one that <c>GATEWAY_TEST_KUBECONFIG</c> names, else k3s in a container. Where there is
/// neither, they are skipped with the reason.
/// </summary>
public sealed class RealCluster : IAsyncLifetime
{
    private const string KubeconfigVariable = "GATEWAY_TEST_KUBECONFIG";
    private const string Image = "rancher/k3s:v1.34.1-k3s1";

    private K3sContainer? _container;
    private string? _ownFile;
    private string? _whyNot;
    private string? _kubeconfig;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable(KubeconfigVariable) is { Length: > 0 } named)
        {
            _kubeconfig = named;
            return;
        }

        try
        {
            _container = new K3sBuilder(Image).Build();
            await _container.StartAsync(TestContext.Current.CancellationToken);
            _ownFile = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kubeconfig");
            await File.WriteAllTextAsync(_ownFile, await _container.GetKubeconfigAsync(), TestContext.Current.CancellationToken);
            _kubeconfig = _ownFile;
        }
        catch (Exception unavailable) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            // No engine, no image, no rights: the library has a type of its own for some of them only.
            _whyNot = $"{KubeconfigVariable} names no cluster, and k3s can't be run in a container: {unavailable.Message.Split('\n')[0]}";
        }
    }

    /// <summary>The kubeconfig file; skips the test that asks when there is no cluster.</summary>
    public string Kubeconfig
    {
        get
        {
            Assert.SkipWhen(_kubeconfig is null, _whyNot ?? "");
            return _kubeconfig!;
        }
    }

    public IKubernetes CreateClient() => new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig));

    public async ValueTask DisposeAsync()
    {
        if (_ownFile is not null)
            File.Delete(_ownFile);
        if (_container is not null)
            await _container.DisposeAsync();
    }
}
