using System.Text.Json;

namespace Gateway.Telemetry;

/// <summary>One request in the access log: no prompts, no answers, no secrets.</summary>
internal readonly record struct AccessLogLine
{
    /// <summary>When it ended.</summary>
    public DateTimeOffset Time { get; init; }

    public string RequestId { get; init; }

    public string? KeyName { get; init; }

    public string Operation { get; init; }

    public string? Model { get; init; }

    public string? OwnedBy { get; init; }

    public string? Endpoint { get; init; }

    public int Attempts { get; init; }

    public int Status { get; init; }

    public RequestEnding Ending { get; init; }

    /// <summary>Of a stream; null otherwise.</summary>
    public double? TimeToFirstToken { get; init; }

    public double Duration { get; init; }

    public TokenUsage Usage { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Members are always all there, so that a line has the same columns as any other.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("time"u8, Time);
        json.WriteString("id"u8, RequestId);
        json.WriteString("key"u8, KeyName);
        json.WriteString("operation"u8, Operation);
        json.WriteString("model"u8, Model);
        json.WriteString("owned_by"u8, OwnedBy);
        json.WriteString("endpoint"u8, Endpoint);
        json.WriteNumber("attempts"u8, Attempts);
        json.WriteNumber("status"u8, Status);
        json.WriteString("ending"u8, TelemetryNames.Of(Ending));
        WriteSeconds(json, "time_to_first_token"u8, TimeToFirstToken);
        WriteSeconds(json, "duration"u8, Duration);
        WriteCount(json, "tokens_in"u8, Usage.Input);
        WriteCount(json, "tokens_out"u8, Usage.Output);
        WriteCount(json, "tokens_cached"u8, Usage.CachedInput);
        json.WriteNumber("bytes_in"u8, BytesIn);
        json.WriteNumber("bytes_out"u8, BytesOut);
        json.WriteEndObject();
    }

    // Microseconds are more than any clock here is worth.
    private static void WriteSeconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? seconds)
    {
        if (seconds is { } known)
            json.WriteNumber(name, Math.Round(known, 6));
        else
            json.WriteNull(name);
    }

    private static void WriteCount(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? count)
    {
        if (count is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}
