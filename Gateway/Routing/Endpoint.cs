namespace Gateway.Routing;

/// <summary>
/// One address that serves inference: its identity, which never changes while it is known.
/// The same address is the same object in every <see cref="RouteTable"/>, so counters kept on a derived class survive a swap of tables.
/// </summary>
internal abstract class Endpoint
{
    protected Endpoint(EndpointAddress address)
    {
        Address = address;
    }

    public EndpointAddress Address { get; }

    public override string ToString() => Address.ToString();
}
