namespace Gateway.Discovery.Kubernetes;

/// <summary>A port that serves inference, and what it speaks.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Https">Whether it wants TLS.</param>
/// <param name="Http2">Whether it speaks HTTP/2 in the clear.</param>
internal readonly record struct TargetPort(int Number, bool Https = false, bool Http2 = false)
{
    private const string Http2InTheClear = "kubernetes.io/h2c";

    /// <param name="number">Its number.</param>
    /// <param name="appProtocol">As an InferencePool, a Service or an EndpointSlice names it.</param>
    /// <param name="name">The port's name, which says as much where nothing else does.</param>
    public static TargetPort Of(int number, string? appProtocol, string? name = null) =>
        new(number, Https: (appProtocol ?? name) is "https", Http2: appProtocol == Http2InTheClear);
}
