using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Gateway.Simulation.Answers;

/// <summary><c>/tokenize</c>, <c>/detokenize</c> and <c>/v1/messages/count_tokens</c>: a token is four bytes, its id their value.</summary>
internal static class TokenAnswers
{
    public static string Tokenize(EngineState engine, JsonElement request, string model)
    {
        byte[] text = Encoding.UTF8.GetBytes(PromptOf(request));
        var ids = new List<uint>();
        Span<byte> token = stackalloc byte[PromptBlocks.BytesPerToken];
        for (int at = 0; at < text.Length; at += PromptBlocks.BytesPerToken)
        {
            token.Clear();
            text.AsSpan(at, Math.Min(PromptBlocks.BytesPerToken, text.Length - at)).CopyTo(token);
            ids.Add(BinaryPrimitives.ReadUInt32LittleEndian(token));
        }

        return $$"""{"count":{{ids.Count}},"max_model_len":{{engine.Settings.MaxModelLength}},"tokens":[{{string.Join(',', ids)}}],"token_strs":null}""";
    }

    public static string Detokenize(EngineState engine, JsonElement request, string model)
    {
        if (!request.TryGetProperty("tokens", out JsonElement tokens) || tokens.ValueKind != JsonValueKind.Array)
            throw new JsonException("tokens: must be a list of token ids");

        var text = new byte[tokens.GetArrayLength() * PromptBlocks.BytesPerToken];
        int at = 0;
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            if (token.ValueKind != JsonValueKind.Number || !token.TryGetUInt32(out uint id))
                throw new JsonException("tokens: must be a list of token ids");
            BinaryPrimitives.WriteUInt32LittleEndian(text.AsSpan(at), id);
            at += PromptBlocks.BytesPerToken;
        }

        string prompt = Encoding.UTF8.GetString(text.AsSpan().TrimEnd((byte)0));
        return $$"""{"prompt":{{WireJson.Quote(prompt)}}}""";
    }

    public static string Count(EngineState engine, JsonElement request, string model) =>
        $$"""{"input_tokens":{{PromptBlocks.Tokens(Encoding.UTF8.GetByteCount(PromptOf(request)))}}}""";

    private static string PromptOf(JsonElement request)
    {
        if (request.TryGetProperty("prompt", out JsonElement prompt) && prompt.ValueKind == JsonValueKind.String)
            return prompt.GetString()!;
        if (request.TryGetProperty("messages", out JsonElement messages))
            return messages.GetRawText();
        throw new JsonException("prompt or messages: missing");
    }
}
