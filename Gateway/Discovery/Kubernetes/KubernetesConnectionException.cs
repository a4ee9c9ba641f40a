namespace Gateway.Discovery.Kubernetes;

/// <summary>What says how to reach the API server is broken. The message is for the operator: it names the file and the context.</summary>
internal sealed class KubernetesConnectionException(string message, Exception cause) : Exception(message, cause);
