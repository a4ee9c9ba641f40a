using System.Collections.Frozen;

namespace Gateway.Routing;

/// <summary>
/// Every route known at one moment. Immutable: a request reads one table from <see cref="RouteTableHolder"/> and keeps to it.
/// </summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, ModelRoutes> _models;
    private readonly FrozenDictionary<string, ModelRoutes>.AlternateLookup<ReadOnlySpan<char>> _modelsBySpan;

    /// <param name="routes">One route per pair at most.</param>
    /// <param name="defaultOwnedBy">The order of preference when a request names no engine.</param>
    public RouteTable(IEnumerable<Route> routes, IReadOnlyList<string> defaultOwnedBy)
    {
        _models = routes
            .GroupBy(route => route.Model, StringComparer.Ordinal)
            .Select(group => new ModelRoutes(group.Key, [.. group.OrderBy(route => route.OwnedBy, StringComparer.OrdinalIgnoreCase)], defaultOwnedBy))
            .ToFrozenDictionary(model => model.Model, StringComparer.Ordinal);
        _modelsBySpan = _models.GetAlternateLookup<ReadOnlySpan<char>>();
        DefaultOwnedBy = defaultOwnedBy;
        Models = [.. _models.Values.OrderBy(model => model.Model, StringComparer.Ordinal)];
    }

    public static RouteTable Empty { get; } = new([], []);

    public IReadOnlyList<string> DefaultOwnedBy { get; }

    /// <summary>By name, for listings.</summary>
    public IReadOnlyList<ModelRoutes> Models { get; }

    public IEnumerable<Route> Routes => Models.SelectMany(model => model.Routes);

    public ModelRoutes? Find(ReadOnlySpan<char> model) => _modelsBySpan.TryGetValue(model, out ModelRoutes? found) ? found : null;

    /// <summary>Which routes a request may take that asks for <paramref name="model"/> on <paramref name="engine"/>.</summary>
    /// <param name="model">As the client wrote it; empty when it named none.</param>
    /// <param name="engine">Empty when the client named none.</param>
    /// <param name="modelSuffix">Whether <c>name@engine</c> in <paramref name="model"/> names an engine (<c>Routing:ModelSuffix</c>).</param>
    public RouteMatch Match(ReadOnlySpan<char> model, ReadOnlySpan<char> engine, bool modelSuffix)
    {
        if (model.IsEmpty)
            return new RouteMatch(RouteOutcome.ModelRequired, null, []);

        ModelRoutes? found = Find(model);

        // A name that is known as a whole is that model, whatever signs it holds; an engine named in its own field outranks the suffix.
        if (found is null && modelSuffix && model.LastIndexOf('@') is > 0 and int at && at < model.Length - 1)
        {
            found = Find(model[..at]);
            if (engine.IsEmpty)
                engine = model[(at + 1)..];
        }

        if (found is null)
            return new RouteMatch(RouteOutcome.ModelUnknown, null, []);
        if (engine.IsEmpty)
            return new RouteMatch(RouteOutcome.Found, found, found.Tiers);
        if (found.Find(engine) is { } route)
            return new RouteMatch(RouteOutcome.Found, found, route.Alone);
        return new RouteMatch(RouteOutcome.EngineUnknown, found, []);
    }
}

internal enum RouteOutcome
{
    Found,
    ModelRequired,
    ModelUnknown,

    /// <summary>The model is known, but not on the engine that the client named.</summary>
    EngineUnknown,
}

/// <param name="Outcome">Whether there is a route.</param>
/// <param name="Model">The model, when it is known.</param>
/// <param name="Tiers">The routes to try, most preferred first.</param>
internal readonly record struct RouteMatch(RouteOutcome Outcome, ModelRoutes? Model, RouteTier[] Tiers)
{
    /// <summary>The engine that a suffix of <paramref name="model"/>, as the client wrote it, names; empty when it has none that counts as one.</summary>
    public ReadOnlySpan<char> SuffixOf(ReadOnlySpan<char> model) =>
        Model is { } found && found.Model.Length < model.Length ? model[(found.Model.Length + 1)..] : [];
}
