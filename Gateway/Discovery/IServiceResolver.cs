using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Finds the endpoints behind the <c>service_name</c> of a mapping.</summary>
internal interface IServiceResolver
{
    /// <summary>Raised when the answers may be others, on any thread; handlers don't throw.</summary>
    event Action? Changed;

    /// <param name="namespace">Null for the gateway's own.</param>
    /// <param name="name">A Service or a Deployment.</param>
    /// <returns>Empty while there is none.</returns>
    IReadOnlyList<EndpointAddress> Resolve(string? @namespace, string name);
}

/// <summary>Outside a cluster there are no Services.</summary>
internal sealed class NoServices : IServiceResolver
{
    public event Action? Changed
    {
        add { }
        remove { }
    }

    public IReadOnlyList<EndpointAddress> Resolve(string? @namespace, string name) => [];
}
