namespace Gateway.Discovery;

/// <summary>To which namespace a pair belongs that several serve.</summary>
/// <param name="order">The most preferred first; what is not in it comes last, by name.</param>
/// <param name="merge">Whether all of them serve it together.</param>
internal sealed class NamespacePreference(IReadOnlyList<string> order, bool merge)
{
    /// <param name="served">What endpoints serve. One that stands in no namespace shares every route.</param>
    /// <param name="shadowed">Gets the endpoints of the other namespaces.</param>
    /// <returns>What is left for the route table.</returns>
    public IReadOnlyList<ServedModel> Apply(IReadOnlyList<ServedModel> served, ICollection<IgnoredObject> shadowed)
    {
        if (merge || AreOfOne(served))
            return served;

        var kept = new List<ServedModel>(served.Count);
        foreach (var pair in served.GroupBy(one => one.Pair))
        {
            string? owner = OwnerOf(pair);
            foreach (ServedModel one in pair)
            {
                if (one.Found?.Namespace is not { } home || home == owner)
                    kept.Add(one);
                else if (one.Endpoint is not null)
                    shadowed.Add(IgnoredObject.Of(one.Found.Origin, $"shadowed by namespace {owner}, which serves {one.Model} on {one.OwnedBy}, too"));
            }
        }

        return kept;
    }

    // As with most gateways, which watch one namespace.
    private static bool AreOfOne(IReadOnlyList<ServedModel> served)
    {
        string? only = null;
        foreach (ServedModel one in served)
        {
            if (one.Found?.Namespace is not { } home)
                continue;
            only ??= home;
            if (home != only)
                return false;
        }

        return true;
    }

    // One that only knows the pair must not take it from one that serves it: a Deployment that starts would be an outage.
    private string? OwnerOf(IEnumerable<ServedModel> pair) =>
        pair.Where(one => one.Found?.Namespace is not null)
            .OrderBy(one => one.Endpoint is null)
            .ThenBy(one => Rank(one.Found!.Namespace!))
            .ThenBy(one => one.Found!.Namespace, StringComparer.Ordinal)
            .FirstOrDefault()?.Found!.Namespace;

    private int Rank(string name)
    {
        for (int i = 0; i < order.Count; i++)
        {
            if (order[i] == name)
                return i;
        }

        return order.Count;
    }
}
