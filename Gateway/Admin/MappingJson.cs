using System.Text.Json;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>A mapping as JSON: what is posted, and what a store keeps.</summary>
internal static class MappingJson
{
    // A million shares are finer than any split of traffic can be measured.
    private const int MostWeight = 1_000_000;

    private static readonly string[] MappingMembers =
        ["model", "owned_by", "service_name", "endpoints", "targets", "target_model", "weight", "priority", "namespace", "timeouts"];

    private static readonly string[] TargetMembers = ["service_name", "endpoints", "target_model", "weight"];

    private static readonly string[] TimeoutMembers = ["first_byte", "first_byte_unary", "idle", "total"];

    /// <summary>Strict: a member named twice is an error, not a choice.</summary>
    public static JsonDocumentOptions Strict { get; } = new() { AllowDuplicateProperties = false };

    public static MappingReading Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement);
        }
        catch (Exception error) when (IsMalformed(error))
        {
            return new MappingReading(null, $"The mapping is not valid JSON: {error.Message}", null);
        }
    }

    /// <summary>Whether an exception of <see cref="JsonDocument"/> speaks of the document.</summary>
    public static bool IsMalformed(Exception error) =>
        // The second is thrown for a string that is no Unicode text: broken UTF-8, half a surrogate pair.
        error is JsonException or InvalidOperationException;

    /// <summary>Throws what <see cref="IsMalformed"/> knows when a string is no Unicode text.</summary>
    public static MappingReading Read(JsonElement element)
    {
        var problem = new FirstProblem();
        Mapping mapping = ReadMapping(new JsonMembers(element, "", MappingMembers, problem));
        return problem.Message is null ? new MappingReading(mapping, null, null) : new MappingReading(null, problem.Message, problem.Member);
    }

    public static void Write(Utf8JsonWriter json, Mapping mapping)
    {
        json.WriteStartObject();
        json.WriteString("model", mapping.Model);
        json.WriteString("owned_by", mapping.OwnedBy);
        WriteWhere(json, mapping.ServiceName, mapping.Endpoints);
        WriteTargets(json, mapping);
        if (mapping.TargetModel is not null)
            json.WriteString("target_model", mapping.TargetModel);
        json.WriteNumber("weight", mapping.Weight);
        json.WriteNumber("priority", mapping.Priority);
        if (mapping.Namespace is not null)
            json.WriteString("namespace", mapping.Namespace);
        WriteTimeouts(json, mapping);
        json.WriteEndObject();
    }

    /// <summary>The member <c>targets</c>; nothing when the mapping is no canary.</summary>
    public static void WriteTargets(Utf8JsonWriter json, Mapping mapping)
    {
        if (mapping.Targets.Count == 0)
            return;

        json.WriteStartArray("targets");
        foreach (MappingTarget target in mapping.Targets)
        {
            json.WriteStartObject();
            WriteWhere(json, target.ServiceName, target.Endpoints);
            if (target.TargetModel is not null)
                json.WriteString("target_model", target.TargetModel);
            json.WriteNumber("weight", target.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The member <c>timeouts</c>; nothing when the mapping has none of its own.</summary>
    public static void WriteTimeouts(Utf8JsonWriter json, Mapping mapping)
    {
        if (mapping.Timeouts is not { } timeouts)
            return;

        json.WriteStartObject("timeouts");
        WriteDuration(json, "first_byte", timeouts.FirstByte);
        WriteDuration(json, "first_byte_unary", timeouts.FirstByteUnary);
        WriteDuration(json, "idle", timeouts.Idle);
        WriteDuration(json, "total", timeouts.Total);
        json.WriteEndObject();
    }

    private static void WriteDuration(Utf8JsonWriter json, string name, TimeSpan? duration)
    {
        if (duration is { } set)
            json.WriteString(name, DurationText.Of(set));
    }

    private static void WriteWhere(Utf8JsonWriter json, string? serviceName, IReadOnlyList<EndpointAddress> endpoints)
    {
        if (serviceName is not null)
            json.WriteString("service_name", serviceName);
        if (endpoints.Count == 0)
            return;

        json.WriteStartArray("endpoints");
        foreach (EndpointAddress endpoint in endpoints)
            json.WriteStringValue(endpoint.ToString());
        json.WriteEndArray();
    }

    private static Mapping ReadMapping(JsonMembers members)
    {
        var mapping = new Mapping
        {
            Model = members.RequiredText("model", TextRule.ModelName),
            OwnedBy = members.RequiredText("owned_by", TextRule.EngineName),
            ServiceName = members.Text("service_name", TextRule.ServiceName),
            Namespace = members.Text("namespace", TextRule.Namespace),
            Endpoints = members.Addresses("endpoints"),
            Targets = [.. members.Objects("targets", TargetMembers).Select(ReadTarget)],
            TargetModel = members.Text("target_model", TextRule.ModelName),
            Weight = members.Integer("weight", 0, MostWeight, absent: 1),
            Priority = members.Integer("priority", int.MinValue, int.MaxValue, absent: 0),
            Timeouts = members.Object("timeouts", TimeoutMembers) is { } timeouts ? ReadTimeouts(timeouts) : null,
        };
        members.RequireExactlyOne("service_name", "endpoints", "targets");
        if (mapping.Targets.Count > 0 && mapping.Targets.All(target => target.Weight == 0))
            members.Report("targets", "must hold one with a weight above 0: a target of weight 0 gets no requests");
        return mapping;
    }

    private static RouteTimeouts ReadTimeouts(JsonMembers members) => new()
    {
        FirstByte = members.Duration("first_byte"),
        FirstByteUnary = members.Duration("first_byte_unary"),
        Idle = members.Duration("idle"),
        Total = members.Duration("total"),
    };

    private static MappingTarget ReadTarget(JsonMembers members)
    {
        var target = new MappingTarget
        {
            ServiceName = members.Text("service_name", TextRule.ServiceName),
            Endpoints = members.Addresses("endpoints"),
            TargetModel = members.Text("target_model", TextRule.ModelName),
            Weight = members.Integer("weight", 0, MostWeight, absent: 1),
        };
        members.RequireExactlyOne("service_name", "endpoints");
        return target;
    }
}

/// <param name="Mapping">Null when there is a problem.</param>
/// <param name="Problem">Names what is wrong and what is allowed.</param>
/// <param name="Member">The member at fault, where it is one.</param>
internal readonly record struct MappingReading(Mapping? Mapping, string? Problem, string? Member);
