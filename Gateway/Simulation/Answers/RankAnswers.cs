using System.Globalization;
using System.Text.Json;

namespace Gateway.Simulation.Answers;

/// <summary><c>/rerank</c> and <c>/score</c>: the earlier a document stands, the better it fits.</summary>
internal static class RankAnswers
{
    public static string Rerank(EngineState engine, JsonElement request, string model)
    {
        List<string> documents = SmallAnswer.Texts(request, "documents");
        int top = SmallAnswer.Number(request, "top_n", documents.Count);
        int tokens = SmallAnswer.Tokens(documents);
        IEnumerable<string> results = documents.Take(top).Select((document, index) =>
            $$$"""{"index":{{{index}}},"document":{"text":{{{WireJson.Quote(document)}}}},"relevance_score":{{{ScoreOf(index)}}}}""");
        return WireJson.OneLine(
            $$$"""
            {"id":"rerank-{{{engine.NextId()}}}","model":{{{WireJson.Quote(model)}}},
            "usage":{"prompt_tokens":{{{tokens}}},"total_tokens":{{{tokens}}}},"results":[{{{string.Join(',', results)}}}]}
            """);
    }

    public static string Score(EngineState engine, JsonElement request, string model)
    {
        List<string> texts = SmallAnswer.Texts(request, "text_2", "data_2", "documents", "items");
        IEnumerable<string> items = texts.Select((_, index) => $$"""{"index":{{index}},"object":"score","score":{{ScoreOf(index)}}}""");
        return SmallAnswer.List(engine, "score", model, items, SmallAnswer.Tokens(texts));
    }

    private static string ScoreOf(int index) => (1.0 / (index + 1)).ToString("0.####", CultureInfo.InvariantCulture);
}
