using k8s;

namespace Gateway.Discovery.Kubernetes;

/// <summary>The client of the Kubernetes API, and which namespace is the gateway's own.</summary>
internal sealed class KubernetesConnection : IDisposable
{
    private const string NoNamespace = "default";

    private KubernetesConnection(KubernetesClientConfiguration configuration)
    {
        Client = new k8s.Kubernetes(configuration, new PoolThreadHandler());
        Namespace = string.IsNullOrEmpty(configuration.Namespace) ? NoNamespace : configuration.Namespace;
    }

    public IKubernetes Client { get; }

    /// <summary>The pod's own namespace, or outside a cluster the one of the kubeconfig's context.</summary>
    public string Namespace { get; }

    /// <summary>Whether there is a Kubernetes API to talk to: as configured, or when this is a pod with a ServiceAccount.</summary>
    public static bool IsWanted(KubernetesOptions options) => options.Enabled ?? KubernetesClientConfiguration.IsInCluster();

    /// <summary>Reads how to reach the API server. Whether it is there is not asked.</summary>
    /// <exception cref="KubernetesConnectionException">The kubeconfig or what it names can't be used.</exception>
    public static KubernetesConnection Open(KubernetesOptions options) =>
        options is { Kubeconfig: null, Context: null } && KubernetesClientConfiguration.IsInCluster()
            ? OpenAsPod()
            : OpenByKubeconfig(options);

    public void Dispose() => Client.Dispose();

    private static KubernetesConnection OpenAsPod()
    {
        try
        {
            return new KubernetesConnection(KubernetesClientConfiguration.InClusterConfig());
        }
        catch (Exception unusable)
        {
            throw new KubernetesConnectionException($"The pod's ServiceAccount can't be used: {unusable.Message}", unusable);
        }
    }

    private static KubernetesConnection OpenByKubeconfig(KubernetesOptions options)
    {
        string files = FilesOf(options);
        string? context = options.Context;
        try
        {
            // Only the client itself can merge several files, and then goes by their current context.
            bool areSeveral = options.Kubeconfig is null && files.Contains(Path.PathSeparator, StringComparison.Ordinal);
            if (areSeveral && context is not null)
                throw new ArgumentException("a context can't be chosen among several files; name one of them in Gateway:Kubernetes:Kubeconfig");
            return new KubernetesConnection(areSeveral
                ? KubernetesClientConfiguration.BuildDefaultConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(files, context));
        }
        catch (Exception unusable)
        {
            // Whatever it is made of: the client lets through what its YAML reader, base64, certificates and plain null references throw.
            string reason = unusable is NullReferenceException ? "it is empty or no kubeconfig" : unusable.Message;
            string place = context is null ? "its current context" : $"its context '{context}'";
            throw new KubernetesConnectionException($"The kubeconfig '{files}' can't be used with {place}: {reason}", unusable);
        }
    }

    // As kubectl looks for it.
    private static string FilesOf(KubernetesOptions options)
    {
        if (options.Kubeconfig is { } file)
            return file;
        return Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } files
            ? files
            : KubernetesClientConfiguration.KubeConfigDefaultLocation;
    }
}
