using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>One endpoint of a Service, put together from its EndpointSlices.</summary>
/// <param name="Address">An IP address.</param>
/// <param name="Pod">The pod behind it; null where it is none.</param>
/// <param name="Port">The port's number there, which need not be the Service's.</param>
/// <param name="IsReady">Whether it may have requests.</param>
internal sealed record SliceEndpoint(string Address, string? Pod, TargetPort Port, bool IsReady)
{
    private const string ByName = "FQDN";

    /// <param name="slices">All of one Service. While an endpoint is moved between two of them, both hold it.</param>
    /// <param name="wanted">The Service's port that is asked for.</param>
    public static IReadOnlyList<SliceEndpoint> Merge(IEnumerable<V1EndpointSlice> slices, V1ServicePort wanted)
    {
        // In one order, so that the same slices give the same endpoints, whatever order they are known in.
        IEnumerable<(SliceEndpoint Endpoint, bool IsTerminating)> all =
            from slice in slices.OrderBy(slice => slice.Metadata.Name, StringComparer.Ordinal)
            where slice.AddressType != ByName
            from port in (slice.Ports ?? []).Where(port => (port.Name ?? "") == (wanted.Name ?? "")).Take(1)
            where port.Port is not null
            from endpoint in slice.Endpoints ?? []
            where endpoint.Addresses is { Count: > 0 } && AddressForm.IsDiallable(endpoint.Addresses[0])
            select (
                new SliceEndpoint(
                    // The addresses of one endpoint are interchangeable.
                    endpoint.Addresses[0],
                    endpoint.TargetRef?.Kind == V1Pod.KubeKind ? endpoint.TargetRef.Name : null,
                    TargetPort.Of(port.Port!.Value, port.AppProtocol ?? wanted.AppProtocol, wanted.Name),

                    // Unknown is to be taken for ready, as the API says.
                    endpoint.Conditions?.Ready ?? true),
                endpoint.Conditions?.Terminating ?? false);

        return
        [
            .. from entry in all
               group entry by entry.Endpoint.Pod ?? entry.Endpoint.Address into same
               select same.First().Endpoint with
               {
                   IsReady = same.Any(entry => entry.Endpoint.IsReady) && !same.Any(entry => entry.IsTerminating),
               },
        ];
    }
}
