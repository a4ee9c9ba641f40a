namespace Gateway.Simulation;

/// <summary><c>GET /v1/models</c>, every field as the two engines send it. <c>created</c> is the moment of the call, in both.</summary>
internal static class ModelCards
{
    public static Task SendAllAsync(Exchange exchange)
    {
        IEnumerable<string> cards = exchange.Engine.Models.Select(model => Card(exchange.Engine, model));
        return exchange.SendJsonAsync($$"""{"object":"list","data":[{{string.Join(',', cards)}}]}""");
    }

    /// <summary>SGLang alone has a page per model.</summary>
    public static Task SendOneAsync(Exchange exchange, string model)
    {
        if (!exchange.Engine.Settings.IsSglang)
            return EngineErrors.SendNoSuchRouteAsync(exchange, allowedMethod: null);
        if (exchange.Engine.Resolve(model) is { } served)
            return exchange.SendJsonAsync(Card(exchange.Engine, served));

        string message = WireJson.Quote($"The model '{model}' does not exist");
        return exchange.SendJsonAsync(
            $$$"""{"error":{"message":{{{message}}},"type":"invalid_request_error","param":"model","code":"model_not_found"}}""",
            StatusCodes.Status404NotFound);
    }

    private static string Card(EngineState engine, string model)
    {
        long created = engine.UnixTime();
        string id = WireJson.Quote(model);
        string common = WireJson.OneLine(
            $"""
            "id":{id},"object":"model","created":{created},"owned_by":{WireJson.Quote(engine.Settings.OwnedBy)},
            "root":{id},"parent":null,"max_model_len":{engine.Settings.MaxModelLength}
            """);
        if (engine.Settings.IsSglang)
            return $$"""{{{common}}}""";

        string permission = WireJson.OneLine(
            $$"""
            {"id":"modelperm-{{Guid.NewGuid():N}}","object":"model_permission","created":{{created}},
            "allow_create_engine":false,"allow_sampling":true,"allow_logprobs":true,"allow_search_indices":false,"allow_view":true,
            "allow_fine_tuning":false,"organization":"*","group":null,"is_blocking":false}
            """);
        return $$"""{{{common}},"permission":[{{permission}}]}""";
    }
}
