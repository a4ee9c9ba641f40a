namespace Gateway.Routing;

/// <summary>The one reference through which a new <see cref="RouteTable"/> reaches the requests.</summary>
internal sealed class RouteTableHolder
{
    private volatile RouteTable _current = RouteTable.Empty;

    public RouteTable Current
    {
        get => _current;
        set => _current = value;
    }
}
