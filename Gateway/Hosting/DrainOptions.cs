namespace Gateway.Hosting;

/// <summary>How the gateway leaves service after SIGTERM.</summary>
internal sealed class DrainOptions
{
    /// <summary>How long new requests are still served, so that load balancers notice <c>/ready</c> first.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long running requests may take to end after that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(540);
}
