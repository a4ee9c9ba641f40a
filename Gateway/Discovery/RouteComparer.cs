using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Whether two routes would be told and taken alike, so that one need not take the other's place.</summary>
internal sealed class RouteComparer : IEqualityComparer<Route>
{
    public static RouteComparer Instance { get; } = new();

    public bool Equals(Route? left, Route? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null
            && left.Model == right.Model && left.OwnedBy == right.OwnedBy && left.Source == right.Source
            && left.ServiceName == right.ServiceName && left.Namespace == right.Namespace
            && left.Weight == right.Weight && left.Priority == right.Priority && left.Timeouts == right.Timeouts
            && left.Targets.Length == right.Targets.Length && left.Targets.Zip(right.Targets).All(pair => Same(pair.First, pair.Second))
            && Same(left.Card, right.Card));

    public int GetHashCode([DisallowNull] Route route) => HashCode.Combine(route.Model, route.OwnedBy);

    private static bool Same(RouteTarget left, RouteTarget right) =>
        left.Model == right.Model && left.Weight == right.Weight && left.Endpoints.AsSpan().SequenceEqual(right.Endpoints);

    private static bool Same(JsonElement? left, JsonElement? right) =>
        left is null || right is null
            ? left is null && right is null
            : JsonMarshal.GetRawUtf8Value(left.Value).SequenceEqual(JsonMarshal.GetRawUtf8Value(right.Value));
}
