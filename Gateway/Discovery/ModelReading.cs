using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Says what an endpoint serves, out of what its source and its own model cards say.</summary>
internal static class ModelReading
{
    /// <param name="found">What the source says.</param>
    /// <param name="endpoint">The endpoint, or null while it gets no requests.</param>
    /// <param name="latest">Its last probe; null before the first.</param>
    public static IReadOnlyList<ServedModel> Read(FoundEndpoint found, Endpoint? endpoint, ProbeOutcome? latest)
    {
        IReadOnlyList<ModelCard> cards = latest?.Cards ?? [];
        if (found.Models.Count > 0)
            return Configured(found, endpoint, latest is not null, cards);
        if (cards.Count > 0)
            return Listed(found, endpoint, cards);

        // Until the engine has had its say, a pair with a guessed engine is known, so that a request is told to come again, but not served.
        bool isGuess = found.Engine is null && latest is null;
        return
        [
            .. found.FallbackModels.Select(model => new ServedModel(isGuess ? null : endpoint, model, found.Engine ?? found.FallbackEngine, Card: null)
            {
                Found = found,
                IsGuess = isGuess,
            }),
        ];
    }

    /// <summary>What an operator should know of an endpoint whose label and cards disagree; null when they don't.</summary>
    public static DiscoveryWarning? Contradiction(FoundEndpoint found, ProbeOutcome? latest)
    {
        // In the configuration another name is an operator's wish; on a pod it is more often a label that was copied along.
        if (found.Engine is not { } engine || found.Namespace is null)
            return null;

        string? other = latest?.Cards.Select(card => card.OwnedBy).FirstOrDefault(owner => owner is not null && !EngineNames.Same(owner, engine));
        return other is null
            ? null
            : new DiscoveryWarning(
                found.Address, found.Origin, $"Its label or annotation says engine '{engine}', its /v1/models says '{other}'; '{engine}' is used.");
    }

    // The usual case, a thousand times for each new table in a large cluster: without enumerators.
    private static ServedModel[] Listed(FoundEndpoint found, Endpoint? endpoint, IReadOnlyList<ModelCard> cards)
    {
        var served = new ServedModel[cards.Count];
        for (int i = 0; i < served.Length; i++)
        {
            ModelCard card = cards[i];
            served[i] = new ServedModel(endpoint, card.Id, found.Engine ?? card.OwnedBy ?? found.FallbackEngine, card.Json) { Found = found };
        }

        return served;
    }

    private static IReadOnlyList<ServedModel> Configured(FoundEndpoint found, Endpoint? endpoint, bool isProbed, IReadOnlyList<ModelCard> cards)
    {
        // Without a configured owner, only the engine can say under which pair its models belong.
        if (found.Engine is null && !isProbed)
            return [];

        string owner = found.Engine ?? (cards.Count > 0 ? cards[0].OwnedBy : null) ?? found.FallbackEngine;
        return
        [
            .. found.Models.Select(model =>
            {
                ModelCard? card = cards.FirstOrDefault(card => card.Id == model);
                return new ServedModel(endpoint, model, found.Engine ?? card?.OwnedBy ?? owner, card?.Json) { Found = found };
            }),
        ];
    }
}
