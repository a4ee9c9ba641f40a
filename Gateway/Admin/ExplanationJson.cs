using System.Text.Json;
using Gateway.Forwarding;
using Gateway.Picking;

namespace Gateway.Admin;

/// <summary>What would become of a request, in the words of the admin API.</summary>
internal static class ExplanationJson
{
    public static void Write(Utf8JsonWriter json, RequestExplanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("path", explanation.Path.Path);
        WriteName(json, "model", explanation.Model);
        WriteName(json, "owned_by", explanation.Engine);
        json.WriteBoolean("stream", explanation.Stream);
        json.WriteNumber("body_bytes", explanation.BodyBytes);
        json.WriteBoolean("passed_on_while_arriving", explanation.StreamsUpload);
        PreferenceJson.WriteRoutes(json, explanation.Match);
        json.WriteString("policy", explanation.Policy.Name);
        PreferenceJson.WriteCandidates(json, explanation.Candidates);
        WriteAdmission(json, explanation.Admission);
        WriteChoice(json, explanation.Choice);
        WriteEdits(json, explanation.Edits);
        WriteRefusal(json, explanation.Refusal, explanation.Path.Dialect);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string member, ReadName? name)
    {
        if (name is null)
        {
            json.WriteNull(member);
            return;
        }

        json.WriteStartObject(member);
        json.WriteString("value", name.Value);
        json.WriteString("source", name.Place);
        json.WriteEndObject();
    }

    private static void WriteAdmission(Utf8JsonWriter json, AdmissionForecast? forecast)
    {
        if (forecast is null)
        {
            json.WriteNull("admission");
            return;
        }

        json.WriteStartObject("admission");
        json.WriteNumber("in_flight", forecast.InFlight);
        WriteLimit(json, "max_in_flight", forecast.Limits.MaxInFlight);
        WriteLimit(json, "max_in_flight_per_endpoint", forecast.Limits.MaxInFlightPerEndpoint);
        json.WriteNumber("waiting", forecast.Waiting);
        json.WriteNumber("max_queue", forecast.Limits.MaxQueue);
        json.WriteString("outcome", forecast.Outcome switch
        {
            AdmissionOutcome.Admitted => "runs at once",
            AdmissionOutcome.QueueFull => "refused",
            _ => "waits",
        });
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, string member, int limit)
    {
        if (limit == AdmissionLimits.None)
            json.WriteNull(member);
        else
            json.WriteNumber(member, limit);
    }

    private static void WriteChoice(Utf8JsonWriter json, PickedEndpoint? choice)
    {
        if (choice is not { } picked)
        {
            json.WriteNull("choice");
            return;
        }

        json.WriteStartObject("choice");
        json.WriteString("address", picked.Endpoint.Address.Authority);
        json.WriteString("owned_by", picked.Route.OwnedBy);
        json.WriteString("target_model", picked.Target.Model);
        json.WriteEndObject();
    }

    private static void WriteEdits(Utf8JsonWriter json, IReadOnlyList<MemberEdit> edits)
    {
        json.WriteStartArray("edits");
        foreach (MemberEdit edit in edits)
        {
            json.WriteStartObject();
            json.WriteString("member", edit.Member);
            json.WriteString("action", edit.Kind switch
            {
                MemberEditKind.Cut => "cut",
                MemberEditKind.Replaced => "replaced",
                MemberEditKind.Inserted => "inserted",
                MemberEditKind.Blanked => "blanked",
                _ => throw new ArgumentOutOfRangeException(nameof(edits), edit.Kind, null),
            });
            json.WriteString("value", edit.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRefusal(Utf8JsonWriter json, ForwardError? refusal, ApiDialect dialect)
    {
        if (refusal is null)
        {
            json.WriteNull("refusal");
            return;
        }

        ErrorKind kind = ErrorTable.Of(refusal.Failure);
        json.WriteStartObject("refusal");
        json.WriteNumber("status", kind.Status);
        json.WriteString("type", kind.TypeIn(dialect));

        // On Anthropic's paths the client gets neither of these two: the operator does.
        json.WriteString("code", kind.Code);
        json.WriteString("param", refusal.Param);
        json.WriteString("message", refusal.Message);
        json.WriteEndObject();
    }
}
