using System.Buffers;
using System.Text.Json;

namespace Gateway.Simulation.Answers;

/// <summary>
/// What a generation depends on in a request's body. Members that are not read here are accepted, as in vLLM; of two of one name the last counts.
/// </summary>
internal sealed class GenerationRequest
{
    // As deep as a tool's schema may be nested.
    private const int MaxDepth = 512;

    private JsonElement? _tools;
    private JsonElement? _toolChoice;

    public string? Model { get; private set; }

    public bool IsStream { get; private set; }

    /// <summary>Null when there are no <c>stream_options</c>; an object without the member says what the engine's default says.</summary>
    public bool? IncludesUsage { get; private set; }

    public int? MaxTokens { get; private set; }

    public int PromptTokens { get; private set; }

    public ulong[] PromptHashes { get; private set; } = [];

    public ForcedTool? Tool { get; private set; }

    /// <exception cref="JsonException">It is not JSON, not an object, or a member that is read has the wrong type.</exception>
    public static GenerationRequest Read(in ReadOnlySequence<byte> body, SimulatedEngineSettings settings)
    {
        var request = new GenerationRequest();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("the body must be a JSON object");

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            request.ReadMember(ref reader, body, settings);

        // Text after the end is looked for only when it is read on.
        reader.Read();
        request.Tool = request.FindForcedTool();
        return request;
    }

    private void ReadMember(ref Utf8JsonReader reader, in ReadOnlySequence<byte> body, SimulatedEngineSettings settings)
    {
        if (reader.ValueTextEquals("model"u8))
            Model = ReadText(ref reader);
        else if (reader.ValueTextEquals("stream"u8))
            IsStream = ReadFlag(ref reader);
        else if (IsLimit(ref reader))
            MaxTokens = ReadLimit(ref reader) ?? MaxTokens;
        else if (reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("input"u8))
            ReadPrompt(ref reader, body, settings);
        else if (reader.ValueTextEquals("stream_options"u8))
            IncludesUsage = ReadIncludesUsage(ref reader, settings);
        else if (reader.ValueTextEquals("tools"u8))
            _tools = ReadElement(ref reader);
        else if (reader.ValueTextEquals("tool_choice"u8))
            _toolChoice = ReadElement(ref reader);
        else
            reader.Skip();
    }

    private static bool IsLimit(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("max_tokens"u8)
        || reader.ValueTextEquals("max_completion_tokens"u8)
        || reader.ValueTextEquals("max_output_tokens"u8);

    private void ReadPrompt(ref Utf8JsonReader reader, in ReadOnlySequence<byte> body, SimulatedEngineSettings settings)
    {
        reader.Read();
        long start = reader.TokenStartIndex;
        reader.Skip();
        ReadOnlySequence<byte> prompt = body.Slice(start, reader.BytesConsumed - start);
        PromptTokens = PromptBlocks.Tokens(prompt.Length);
        if (settings.CacheBlocks > 0)
            PromptHashes = PromptBlocks.Hash(prompt);
    }

    /// <summary>vLLM sends the usage when there is a <c>stream_options</c> object at all, SGLang only when that says so.</summary>
    private static bool? ReadIncludesUsage(ref Utf8JsonReader reader, SimulatedEngineSettings settings)
    {
        JsonElement options = ReadElement(ref reader);
        if (options.ValueKind != JsonValueKind.Object)
            return null;
        return options.TryGetProperty("include_usage", out JsonElement flag) ? flag.ValueKind == JsonValueKind.True : !settings.IsSglang;
    }

    private ForcedTool? FindForcedTool()
    {
        if (_tools is not { ValueKind: JsonValueKind.Array } tools || tools.GetArrayLength() == 0 || _toolChoice is not { } choice)
            return null;

        if (choice.ValueKind == JsonValueKind.Object)
        {
            if (NameOf(choice) is { } named)
                return new ForcedTool(named, IsNamed: true);

            // Anthropic's way to say "required".
            bool any = choice.TryGetProperty("type", out JsonElement type) && type.ValueEquals("any");
            return any && NameOf(tools[0]) is { } first ? new ForcedTool(first, IsNamed: false) : null;
        }

        bool required = choice.ValueKind == JsonValueKind.String && choice.ValueEquals("required");
        return required && NameOf(tools[0]) is { } name ? new ForcedTool(name, IsNamed: false) : null;
    }

    /// <summary><c>{"function":{"name":…}}</c> in the chat API, <c>{"name":…}</c> in the others.</summary>
    private static string? NameOf(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object)
            return null;
        if (tool.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object)
            tool = function;
        return tool.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }

    private static JsonElement ReadElement(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonElement.ParseValue(ref reader);
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => Unescape(ref reader),
            JsonTokenType.Null => null,
            _ => throw new JsonException("model: must be a string"),
        };
    }

    private static string Unescape(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("model: is not valid Unicode", exception);
        }
    }

    private static bool ReadFlag(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => throw new JsonException("stream: must be true or false"),
        };
    }

    private static int? ReadLimit(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int limit) && limit > 0)
            return limit;
        throw new JsonException("max_tokens: must be a whole number of at least 1");
    }
}
