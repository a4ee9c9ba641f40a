using System.Text.Json;

namespace Gateway.Peeking;

/// <summary>The top-level members that the gateway knows; the first ones stand for the <see cref="RoutingField"/> of the same value.</summary>
internal enum MemberName
{
    OwnedBy = RoutingField.OwnedBy,
    Engine = RoutingField.Engine,
    InferenceServer = RoutingField.InferenceServer,
    Model = RoutingField.Model,
    Stream,
    Other,
}

internal static class MemberNames
{
    private const int ShortestName = 5;
    private const int LongestName = 16;

    /// <summary>Which member the reader stands at, however its name is escaped.</summary>
    public static MemberName Identify(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            return IdentifyEscaped(ref reader);

        // Most names are of some other length, and need no comparison.
        long length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        return length is < ShortestName or > LongestName ? MemberName.Other : Compare(ref reader);
    }

    private static MemberName IdentifyEscaped(ref Utf8JsonReader reader)
    {
        try
        {
            return Compare(ref reader);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no part of any name that is looked for.
            return MemberName.Other;
        }
    }

    private static MemberName Compare(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("model"u8))
            return MemberName.Model;
        if (reader.ValueTextEquals("stream"u8))
            return MemberName.Stream;
        if (reader.ValueTextEquals("owned_by"u8))
            return MemberName.OwnedBy;
        if (reader.ValueTextEquals("engine"u8))
            return MemberName.Engine;
        if (reader.ValueTextEquals("inference_server"u8))
            return MemberName.InferenceServer;
        return MemberName.Other;
    }
}
