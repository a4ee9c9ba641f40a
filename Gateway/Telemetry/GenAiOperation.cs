using System.Collections.Frozen;

namespace Gateway.Telemetry;

/// <summary>
/// What a proxied path does, in the words of the GenAI conventions where they have one
/// (https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/): the values of <c>gen_ai.operation.name</c>.
/// </summary>
internal sealed class GenAiOperation
{
    private static readonly FrozenDictionary<string, GenAiOperation> ByPath = Table(
    [
        ("chat", ["/v1/chat/completions", "/v1/responses", "/v1/messages"]),
        ("text_completion", ["/v1/completions"]),
        ("embeddings", ["/v1/embeddings"]),
        ("rerank", ["/v1/rerank", "/rerank", "/v2/rerank"]),
        ("score", ["/v1/score", "/score"]),
        ("classify", ["/classify"]),
        ("pooling", ["/pooling"]),
        ("tokenize", ["/tokenize", "/v1/messages/count_tokens"]),
        ("detokenize", ["/detokenize"]),
        ("image_generation", ["/v1/images/generations"]),
        ("speech", ["/v1/audio/speech"]),
        ("transcription", ["/v1/audio/transcriptions"]),
        ("translation", ["/v1/audio/translations"]),
    ]);

    private GenAiOperation(string name, int index)
    {
        Name = name;
        Index = index;
    }

    /// <summary>A path of <c>Routing:ExtraPaths</c>.</summary>
    public static GenAiOperation Other { get; } = new("other", ByPath.Values.Max(operation => operation.Index) + 1);

    /// <summary>How many there are, for tables by <see cref="Index"/>.</summary>
    public static int Count => Other.Index + 1;

    public string Name { get; }

    public int Index { get; }

    public static GenAiOperation Of(string path) => ByPath.TryGetValue(path, out GenAiOperation? operation) ? operation : Other;

    private static FrozenDictionary<string, GenAiOperation> Table((string Name, string[] Paths)[] operations) => operations
        .SelectMany((entry, index) =>
        {
            var operation = new GenAiOperation(entry.Name, index);
            return entry.Paths.Select(path => KeyValuePair.Create(path, operation));
        })
        .ToFrozenDictionary(StringComparer.Ordinal);
}
