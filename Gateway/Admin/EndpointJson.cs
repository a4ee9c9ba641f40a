using System.Text.Json;
using Gateway.Picking;

namespace Gateway.Admin;

/// <summary>How an endpoint stands, in the words of the admin API.</summary>
internal static class EndpointJson
{
    public static void WriteMembers(Utf8JsonWriter json, LiveEndpoint endpoint)
    {
        json.WriteString("address", endpoint.Address.Authority);
        json.WriteString("state", NameOf(endpoint.State));
        json.WriteNumber("in_flight", endpoint.InFlight);
        json.WriteString("last_error", endpoint.LastError);
    }

    private static string NameOf(EndpointState state) => state switch
    {
        EndpointState.Unknown => "unknown",
        EndpointState.Ready => "ready",
        EndpointState.Suspect => "suspect",
        EndpointState.Ejected => "ejected",
        EndpointState.Draining => "draining",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
