using System.Text.Json;
using Gateway.Discovery;
using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary><c>GET /admin/api/status</c>: how the gateway, discovery and each endpoint stand.</summary>
internal sealed class StatusCall(IMappingStore store, IDiscovery discovery, EndpointRegistry endpoints, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public Task ShowAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteString("version", ProgramVersion.Text);
        json.WriteNumber("uptime_seconds", InSeconds(time.GetElapsedTime(_started)));
        json.WriteNumber("revision", store.Current.Revision);
        WriteDiscovery(json);
        WriteEndpoints(json);

        WriteIgnored(json);
        WriteWarnings(json);
        WriteMappingProblems(json);
        json.WriteEndObject();
    });

    private void WriteDiscovery(Utf8JsonWriter json)
    {
        json.WriteStartObject("discovery");
        json.WriteBoolean("ready", discovery.IsReady);
        json.WriteStartArray("sources");
        foreach (SourceStatus source in discovery.Sources)
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteBoolean("listed", source.Listed);
            if (source.LastListed is { } last)
            {
                json.WriteString("last_listed", last);
                json.WriteNumber("staleness_seconds", InSeconds(time.GetUtcNow() - last));
            }
            else
            {
                json.WriteNull("last_listed");
                json.WriteNull("staleness_seconds");
            }

            json.WriteNumber("endpoints", source.Endpoints);
            json.WriteString("error", source.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteEndpoints(Utf8JsonWriter json)
    {
        json.WriteStartArray("endpoints");
        foreach (LiveEndpoint endpoint in endpoints.All.OrderBy(endpoint => endpoint.Address.Authority, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            EndpointJson.WriteMembers(json, endpoint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteIgnored(Utf8JsonWriter json)
    {
        json.WriteStartArray("ignored");
        foreach (IgnoredObject ignored in discovery.Ignored)
        {
            json.WriteStartObject();
            json.WriteString("kind", ignored.Kind);
            json.WriteString("namespace", ignored.Namespace);
            json.WriteString("name", ignored.Name);
            json.WriteString("reason", ignored.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteWarnings(Utf8JsonWriter json)
    {
        json.WriteStartArray("warnings");
        foreach (DiscoveryWarning warning in discovery.Warnings)
        {
            json.WriteStartObject();
            json.WriteString("address", warning.Address.Authority);
            json.WriteString("origin", warning.Origin.ToString());
            json.WriteString("message", warning.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteMappingProblems(Utf8JsonWriter json)
    {
        json.WriteStartArray("mapping_problems");
        foreach (MappingProblem problem in store is IMappingProblems shared ? shared.Problems : [])
        {
            json.WriteStartObject();
            json.WriteString("key", problem.Key);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static double InSeconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
