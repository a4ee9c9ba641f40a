using System.Collections.Frozen;
using System.Text.Json;
using Gateway.Simulation.Answers;

namespace Gateway.Simulation;

/// <summary>Which answer a path gets, and what stands before every answer: readiness, the key, faults.</summary>
internal static class EngineRoutes
{
    private const string ModelPrefix = "/v1/models/";

    private static readonly FrozenDictionary<string, Func<Exchange, Task>> Inference = new Dictionary<string, Func<Exchange, Task>>
    {
        ["/v1/chat/completions"] = exchange => GenerationRun.AnswerAsync(exchange, generation => new ChatAnswer(generation)),
        ["/v1/completions"] = exchange => GenerationRun.AnswerAsync(exchange, generation => new CompletionAnswer(generation)),
        ["/v1/responses"] = exchange => GenerationRun.AnswerAsync(exchange, generation => new ResponsesAnswer(generation)),
        ["/v1/messages"] = exchange => GenerationRun.AnswerAsync(exchange, generation => new MessagesAnswer(generation)),
        ["/v1/messages/count_tokens"] = exchange => SmallAnswer.SendAsync(exchange, TokenAnswers.Count),
        ["/tokenize"] = exchange => SmallAnswer.SendAsync(exchange, TokenAnswers.Tokenize),
        ["/detokenize"] = exchange => SmallAnswer.SendAsync(exchange, TokenAnswers.Detokenize),
        ["/v1/embeddings"] = exchange => SmallAnswer.SendAsync(exchange, VectorAnswers.Embeddings),
        ["/pooling"] = exchange => SmallAnswer.SendAsync(exchange, VectorAnswers.Pooling),
        ["/classify"] = exchange => SmallAnswer.SendAsync(exchange, VectorAnswers.Classify),
        ["/v1/score"] = exchange => SmallAnswer.SendAsync(exchange, RankAnswers.Score),
        ["/score"] = exchange => SmallAnswer.SendAsync(exchange, RankAnswers.Score),
        ["/v1/rerank"] = exchange => SmallAnswer.SendAsync(exchange, RankAnswers.Rerank),
        ["/v2/rerank"] = exchange => SmallAnswer.SendAsync(exchange, RankAnswers.Rerank),
        ["/rerank"] = exchange => SmallAnswer.SendAsync(exchange, RankAnswers.Rerank),
        ["/v1/images/generations"] = exchange => SmallAnswer.SendAsync(exchange, MediaAnswers.Images),
        ["/v1/audio/speech"] = MediaAnswers.SendSpeechAsync,
        ["/v1/audio/transcriptions"] = TranscriptionAnswer.SendAsync,
        ["/v1/audio/translations"] = TranscriptionAnswer.SendAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<Exchange, Task>> Pages = new Dictionary<string, Func<Exchange, Task>>
    {
        ["/v1/models"] = ModelCards.SendAllAsync,
        ["/health"] = exchange => exchange.SendAsync(StatusCodes.Status200OK, "application/json", default),
        ["/version"] = exchange => exchange.SendJsonAsync("""{"version":"simulated"}"""),
        ["/metrics"] = MetricsPage.SendAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static async Task AnswerAsync(Exchange exchange)
    {
        HttpRequest request = exchange.Context.Request;
        string path = request.Path.Value ?? "";
        bool isInference = Inference.TryGetValue(path, out Func<Exchange, Task>? answer);
        string? wrongHeader = ReadFault(exchange, isInference);
        if (!await exchange.PassAsync(FaultPoint.BeforeBody))
            return;

        bool isReady = exchange.Engine.Ready;
        bool isAuthorized = IsAuthorized(exchange, path);
        if (isInference && HttpMethods.IsPost(request.Method) && isReady && isAuthorized && wrongHeader is null)
        {
            await InferAsync(exchange, answer!);
            return;
        }

        await exchange.DiscardBodyAsync();
        if (wrongHeader is not null)
            await EngineErrors.SendAsync(exchange, StatusCodes.Status400BadRequest, wrongHeader);
        else if (!isReady)
            await EngineErrors.SendAsync(exchange, StatusCodes.Status503ServiceUnavailable, "the engine is still starting");
        else if (!isAuthorized)
            await EngineErrors.SendUnauthorizedAsync(exchange);
        else if (isInference)
            await EngineErrors.SendNoSuchRouteAsync(exchange, "POST");
        else
            await SendPageAsync(exchange, path);
    }

    /// <summary>Notes the fault that strikes this request; answers what is wrong with a fault's header, if anything is.</summary>
    private static string? ReadFault(Exchange exchange, bool isInference)
    {
        SimulatedFault set = exchange.Engine.Faults.Take(isProbe: !isInference);
        exchange.Fault = set;
        if (!isInference)
            return null;

        try
        {
            SimulatedFault asked = SimulatedFaultHeaders.Read(exchange.Context.Request.Headers);
            if (!ReferenceEquals(asked, SimulatedFault.None))
                exchange.Fault = asked.Over(set);
            return null;
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }

    private static bool IsAuthorized(Exchange exchange, string path)
    {
        if (exchange.Engine.Settings.ApiKey is not { } key)
            return true;

        bool isGuarded = path.StartsWith("/v1", StringComparison.Ordinal) || path.StartsWith("/v2", StringComparison.Ordinal);
        return !isGuarded || exchange.Context.Request.Headers.Authorization == $"Bearer {key}";
    }

    private static async Task InferAsync(Exchange exchange, Func<Exchange, Task> answer)
    {
        try
        {
            await answer(exchange);
        }
        catch (JsonException wrong)
        {
            await EngineErrors.SendAsync(exchange, StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    private static async Task SendPageAsync(Exchange exchange, string path)
    {
        string method = exchange.Context.Request.Method;
        bool isModel = path.StartsWith(ModelPrefix, StringComparison.Ordinal);
        if (!Pages.TryGetValue(path, out Func<Exchange, Task>? page) && !isModel)
            await EngineErrors.SendNoSuchRouteAsync(exchange, allowedMethod: null);
        else if (!HttpMethods.IsGet(method))
            await EngineErrors.SendNoSuchRouteAsync(exchange, "GET");
        else if (await exchange.BeginAnswerAsync())
            await (page is null ? ModelCards.SendOneAsync(exchange, path[ModelPrefix.Length..]) : page(exchange));
    }
}
