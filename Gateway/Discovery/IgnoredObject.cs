namespace Gateway.Discovery;

/// <summary>Something that could be an endpoint, but gets no requests.</summary>
/// <param name="Kind">For example <c>pod</c>.</param>
/// <param name="Namespace">Where it stands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, in words for the operator.</param>
internal sealed record IgnoredObject(string Kind, string? Namespace, string Name, string Reason)
{
    public static IgnoredObject Of(EndpointOrigin origin, string reason) => new(origin.Kind, origin.Namespace, origin.Name, reason);
}
