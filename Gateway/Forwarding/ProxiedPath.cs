using System.Collections.Frozen;

namespace Gateway.Forwarding;

/// <summary>A path that is passed on to engines.</summary>
/// <param name="Path">As clients write it.</param>
/// <param name="Dialect">Whose API it belongs to.</param>
/// <param name="StreamsEvents">Whether <c>"stream": true</c> asks for server-sent events there.</param>
internal sealed record ProxiedPath(string Path, ApiDialect Dialect, bool StreamsEvents = false);

/// <summary>
/// The paths that are passed on, and no others: engines have control endpoints that must not be reachable through the gateway
/// (vLLM's security page asks for such a list: https://docs.vllm.ai/en/latest/usage/security.html).
/// </summary>
internal sealed class ProxiedPaths
{
    private static readonly string[] OpenAiPaths =
    [
        "/v1/embeddings", "/v1/rerank", "/rerank", "/v2/rerank", "/v1/score", "/score", "/classify", "/pooling", "/tokenize", "/detokenize", "/v1/images/generations", "/v1/audio/speech", "/v1/audio/transcriptions",
        "/v1/audio/translations",
    ];

    private readonly FrozenDictionary<string, ProxiedPath> _paths;

    public ProxiedPaths(IEnumerable<string> extraPaths)
    {
        IEnumerable<ProxiedPath> paths =
        [
            .. OpenAiPaths.Select(path => new ProxiedPath(path, ApiDialect.OpenAi)),
            new ProxiedPath("/v1/chat/completions", ApiDialect.OpenAi, StreamsEvents: true),
            new ProxiedPath("/v1/completions", ApiDialect.OpenAi, StreamsEvents: true),
            new ProxiedPath("/v1/responses", ApiDialect.OpenAiResponses, StreamsEvents: true),
            new ProxiedPath("/v1/messages", ApiDialect.Anthropic, StreamsEvents: true),
            new ProxiedPath("/v1/messages/count_tokens", ApiDialect.Anthropic),
        ];
        _paths = paths
            .Concat(extraPaths.Select(path => new ProxiedPath(path, ApiDialect.OpenAi)))
            .DistinctBy(path => path.Path)
            .ToFrozenDictionary(path => path.Path, StringComparer.Ordinal);
    }

    public ProxiedPath? Find(string? path) => path is not null && _paths.TryGetValue(path, out ProxiedPath? found) ? found : null;
}
