using Gateway.Picking;

namespace Gateway.Tests.Picking;

/// <summary>Requests that fail at an endpoint, one after the other.</summary>
internal static class FailedRequests
{
    public static void Fail(this LiveEndpoint endpoint, int requests = 1)
    {
        for (int i = 0; i < requests; i++)
            endpoint.ReportFailure("reset", new RequestBlame());
    }

    public static void Eject(this LiveEndpoint endpoint) => endpoint.Fail(EndpointHealth.FailuresToEject);
}
