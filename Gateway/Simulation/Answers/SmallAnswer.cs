using System.Buffers;
using System.Text.Json;

namespace Gateway.Simulation.Answers;

/// <summary>What the APIs share that answer one JSON document with another and are done.</summary>
internal static class SmallAnswer
{
    /// <param name="exchange">The request.</param>
    /// <param name="render">Makes the answer; the model is the served one.</param>
    public static async Task SendAsync(Exchange exchange, Func<EngineState, JsonElement, string, string> render)
    {
        if (await ReadAsync(exchange) is { } request && await AdmitAsync(exchange, ModelOf(request)) is { } model)
            await exchange.SendJsonAsync(render(exchange.Engine, request, model));
    }

    /// <summary>The body; null when a fault has taken the answer's place.</summary>
    public static async ValueTask<JsonElement?> ReadAsync(Exchange exchange)
    {
        // Cloned by the copy: the bytes of the request are gone once they are read.
        JsonElement request = await exchange.ReadBodyAsync(static body => JsonElement.Parse(body.ToArray()));
        if (request.ValueKind != JsonValueKind.Object)
            throw new JsonException("the body must be a JSON object");
        return await exchange.BeginAnswerAsync() ? request : null;
    }

    /// <summary>The served model, after the engine's queue; null when it is unknown and that has been answered.</summary>
    public static async ValueTask<string?> AdmitAsync(Exchange exchange, string? requested)
    {
        if (exchange.Engine.Resolve(requested) is not { } model)
        {
            await EngineErrors.SendUnknownModelAsync(exchange, requested);
            return null;
        }

        await exchange.Engine.Load.EnterAsync(tokens: 0, exchange.ClientLeft);
        try
        {
            TimeSpan duration = exchange.Fault.TimeToFirstToken ?? exchange.Engine.Settings.Pacing.TimeToFirstToken;
            if (duration > TimeSpan.Zero)
                await exchange.DelayAsync(duration);
            return model;
        }
        finally
        {
            exchange.Engine.Load.Leave(tokens: 0);
        }
    }

    public static string? ModelOf(JsonElement request) =>
        request.TryGetProperty("model", out JsonElement model) && model.ValueKind == JsonValueKind.String ? model.GetString() : null;

    /// <summary>The texts of a member that is one text or a list of them; token ids count as one text.</summary>
    public static List<string> Texts(JsonElement request, params ReadOnlySpan<string> members)
    {
        foreach (string member in members)
        {
            if (!request.TryGetProperty(member, out JsonElement value))
                continue;
            bool isList = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind != JsonValueKind.Number);
            return isList ? [.. value.EnumerateArray().Select(item => item.ToString())] : [value.ToString()];
        }

        throw new JsonException($"{string.Join(" or ", members.ToArray())}: missing");
    }

    public static int Tokens(IEnumerable<string> texts) => texts.Sum(text => PromptBlocks.Tokens(text.Length));

    /// <summary>A member that is a number above 0, else <paramref name="otherwise"/>.</summary>
    public static int Number(JsonElement request, string member, int otherwise) =>
        request.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int number) && number > 0
                ? number
                : otherwise;

    public static string List(EngineState engine, string idPrefix, string model, IEnumerable<string> items, int tokens) => WireJson.OneLine(
        $$$"""
        {"id":"{{{idPrefix}}}-{{{engine.NextId()}}}","object":"list","created":{{{engine.UnixTime()}}},"model":{{{WireJson.Quote(model)}}},
        "data":[{{{string.Join(',', items)}}}],
        "usage":{"prompt_tokens":{{{tokens}}},"total_tokens":{{{tokens}}},"completion_tokens":0,"prompt_tokens_details":null}}
        """);
}
