using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary>A request for text, from its body to the end of its answer.</summary>
internal static class GenerationRun
{
    /// <param name="exchange">The request.</param>
    /// <param name="shape">How its API tells a generation.</param>
    public static async Task AnswerAsync(Exchange exchange, Func<Generation, Answer> shape)
    {
        EngineState engine = exchange.Engine;
        GenerationRequest request = await exchange.ReadBodyAsync(body => GenerationRequest.Read(body, engine.Settings));
        if (!await exchange.BeginAnswerAsync())
            return;
        if (engine.Resolve(request.Model) is not { } model)
        {
            await EngineErrors.SendUnknownModelAsync(exchange, request.Model);
            return;
        }

        (int tokens, bool isCutShort) = LengthOf(request, exchange);
        if (tokens > engine.Settings.MaxModelLength)
        {
            string tooLong = $"max_tokens={tokens} cannot be greater than max_model_len={engine.Settings.MaxModelLength}";
            await EngineErrors.SendAsync(exchange, StatusCodes.Status400BadRequest, tooLong, "max_tokens");
            return;
        }

        int held = request.PromptTokens + tokens;
        await engine.Load.EnterAsync(held, exchange.ClientLeft);
        try
        {
            int cached = engine.Cache.Use(model, request.PromptHashes);
            engine.Load.CountPrompt(request.PromptTokens);
            var generation = new Generation
            {
                Id = engine.NextId(),
                Model = model,
                Created = engine.UnixTime(),
                PromptTokens = request.PromptTokens,
                CachedTokens = cached,
                Tokens = tokens,
                IsCutShort = isCutShort,
                PadBytes = exchange.Fault.PadBytes ?? 0,
                Tool = request.Tool,
                IncludesUsage = request.IncludesUsage ?? false,
            };
            Answer answer = shape(generation);
            if (request.IsStream)
                await new EventStream(exchange, generation, answer).SendAsync();
            else
                await SendWholeAsync(exchange, generation, answer);
        }
        finally
        {
            engine.Load.Leave(held);
        }
    }

    private static async Task SendWholeAsync(Exchange exchange, Generation generation, Answer answer)
    {
        TimeSpan duration = TokenClock.ToFirstToken(exchange, generation) + (TokenClock.ToNextToken(exchange) * (generation.Tokens - 1));
        if (duration > TimeSpan.Zero)
            await exchange.DelayAsync(duration);
        exchange.Engine.Load.CountOutput(generation.Tokens);
        await exchange.SendAsync(StatusCodes.Status200OK, "application/json", Encoding.UTF8.GetBytes(answer.Whole()));
    }

    private static (int Tokens, bool IsCutShort) LengthOf(GenerationRequest request, Exchange exchange)
    {
        // The simulated model talks for as long as it may: only a call, or a length that the test asks for, ends by itself.
        int usual = exchange.Engine.Settings.OutputTokens;
        int? own = exchange.Fault.Tokens ?? (request.Tool is null ? null : usual);
        int limit = request.MaxTokens ?? int.MaxValue;
        if (own is { } wanted)
            return wanted <= limit ? (wanted, false) : (limit, true);
        return request.MaxTokens is null ? (usual, false) : (limit, true);
    }
}
