namespace Gateway.Peeking;

/// <summary>The routing members in a raw query string.</summary>
internal static class RoutingQuery
{
    // Longer ones exist, but not on the paths that are proxied.
    private const int MaxStackLength = 512;

    /// <summary>The first value of <paramref name="field"/> that is not empty, decoded; empty when there is none.</summary>
    public static ReadOnlyMemory<char> Value(string? query, RoutingField field)
    {
        string name = RoutingFields.Name(field);
        var pairs = new QueryPairs(query);
        while (pairs.TryRead())
        {
            if (!pairs.IsNamed(name) || pairs.ValueStart == pairs.End)
                continue;

            ReadOnlyMemory<char> value = query.AsMemory(pairs.ValueStart..pairs.End);
            return value.Span.ContainsAny('%', '+') ? Uri.UnescapeDataString(value.ToString().Replace('+', ' ')).AsMemory() : value;
        }

        return default;
    }

    /// <summary>The query as it is sent on: without the engine's three names, every other byte as it was.</summary>
    public static string WithoutEngine(string? query)
    {
        if (string.IsNullOrEmpty(query))
            return "";

        Span<char> kept = query.Length <= MaxStackLength ? stackalloc char[query.Length] : new char[query.Length];
        int length = 0;
        bool isChanged = false;
        var pairs = new QueryPairs(query);
        while (pairs.TryRead())
        {
            if (NamesEngine(pairs))
            {
                isChanged = true;
                continue;
            }

            // With the character before it: the question mark, for the first that is kept, else an ampersand.
            query.AsSpan(pairs.Start..pairs.End).CopyTo(kept[(length + 1)..]);
            kept[length] = length == 0 ? '?' : '&';
            length += pairs.End - pairs.Start + 1;
        }

        return !isChanged ? query : length <= 1 ? "" : new string(kept[..length]);
    }

    private static bool NamesEngine(in QueryPairs pairs) =>
        pairs.IsNamed(RoutingFields.Name(RoutingField.OwnedBy))
        || pairs.IsNamed(RoutingFields.Name(RoutingField.Engine))
        || pairs.IsNamed(RoutingFields.Name(RoutingField.InferenceServer));
}
