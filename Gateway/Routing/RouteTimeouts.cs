namespace Gateway.Routing;

/// <summary>
/// What a mapping says of <c>Gateway:Timeouts</c> for its own route; what it leaves out is as it is for all. There is none for a connection: it is
/// made for an endpoint, and whichever request comes first takes it.
/// </summary>
internal sealed record RouteTimeouts
{
    public TimeSpan? FirstByte { get; init; }

    public TimeSpan? FirstByteUnary { get; init; }

    public TimeSpan? Idle { get; init; }

    public TimeSpan? Total { get; init; }
}
