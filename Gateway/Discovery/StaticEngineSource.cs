using Gateway.Picking;

namespace Gateway.Discovery;

/// <summary>The engines that the configuration names: what they serve, as far as configuration and probes say.</summary>
internal sealed class StaticEngineSource(EndpointRegistry registry, EndpointProber prober)
{
    // What an engine that does not name itself most likely is: every other engine that llm-d runs writes its own name.
    private const string DefaultOwner = "vllm";

    private volatile IReadOnlyList<StaticEngine> _engines = [];

    public IReadOnlyList<StaticEngine> Engines
    {
        get => _engines;
        set => _engines = value;
    }

    /// <summary>Whether each engine's first probe has ended, either way.</summary>
    public bool IsListed => _engines.All(engine => prober.Latest(engine.Address) is not null);

    public SourceStatus Status
    {
        get
        {
            IReadOnlyList<StaticEngine> engines = _engines;
            ProbeOutcome?[] outcomes = [.. engines.Select(engine => prober.Latest(engine.Address))];
            string[] errors =
            [
                .. from pair in engines.Zip(outcomes)
                   where pair.Second?.Error is not null
                   select $"{pair.First.Address} {pair.Second.Error}",
            ];
            return new SourceStatus(
                "static",
                outcomes.All(outcome => outcome is not null),
                outcomes.Max(outcome => outcome?.At),
                engines.Count,
                errors.Length == 0 ? null : string.Join("; ", errors));
        }
    }

    public IEnumerable<ServedModel> Served() => _engines.SelectMany(Served);

    private IEnumerable<ServedModel> Served(StaticEngine engine)
    {
        ProbeOutcome? latest = prober.Latest(engine.Address);
        IReadOnlyList<ModelCard> cards = latest?.Cards ?? [];
        LiveEndpoint endpoint = registry.Get(engine.Address);
        if (engine.Models.Count == 0)
            return cards.Select(card => new ServedModel(endpoint, card.Id, engine.OwnedBy ?? card.OwnedBy ?? DefaultOwner, card.Json));

        // Without a configured owner, only the engine can say under which pair its models belong.
        if (engine.OwnedBy is null && latest is null)
            return [];

        string owner = engine.OwnedBy ?? (cards.Count > 0 ? cards[0].OwnedBy : null) ?? DefaultOwner;
        return engine.Models.Select(model =>
        {
            ModelCard? card = cards.FirstOrDefault(card => card.Id == model);
            return new ServedModel(endpoint, model, engine.OwnedBy ?? card?.OwnedBy ?? owner, card?.Json);
        });
    }
}
