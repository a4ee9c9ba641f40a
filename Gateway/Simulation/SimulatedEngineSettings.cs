using System.Net;

namespace Gateway.Simulation;

/// <summary>What a simulated engine is and how fast it is. The defaults answer at once, as tests want it.</summary>
internal sealed record SimulatedEngineSettings
{
    /// <summary>
    /// Stands in the model cards. <c>sglang</c> answers in SGLang's shapes (cards without permissions, flat errors, its own metric names),
    /// every other name in vLLM's.
    /// </summary>
    public string OwnedBy { get; init; } = "vllm";

    public IReadOnlyList<string> Models { get; init; } = ["meta-llama/Llama-3.2-1B-Instruct"];

    /// <summary>Part of every answer's id (<c>chatcmpl-{Name}-0</c>), so that a client can tell who answered.</summary>
    public string Name { get; init; } = "sim";

    /// <summary>Where it listens; <c>::</c> is every address of the machine, IPv4 ones too.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>When set, everything below <c>/v1</c> and <c>/v2</c> wants it as <c>Authorization: Bearer</c>, as in vLLM.</summary>
    public string? ApiKey { get; init; }

    /// <summary>HTTP/2 in the clear and nothing else; otherwise HTTP/1.1 and nothing else.</summary>
    public bool Http2 { get; init; }

    public SimulatedPacing Pacing { get; init; } = SimulatedPacing.None;

    /// <summary>Requests worked on at the same time; the others wait in the engine's queue. The default is vLLM's <c>--max-num-seqs</c>.</summary>
    public int MaxRunning { get; init; } = 256;

    /// <summary>Length of an answer when the request does not limit it; at least 1.</summary>
    public int OutputTokens { get; init; } = 16;

    public int MaxModelLength { get; init; } = 131_072;

    /// <summary>Size of the prefix cache in blocks of <see cref="PromptBlocks.TokensPerBlock"/> tokens; 0 switches it off.</summary>
    public int CacheBlocks { get; init; } = 8_192;

    /// <summary>Whether every request is kept in <see cref="SimulatedEngine.Requests"/>; benchmarks switch it off.</summary>
    public bool Record { get; init; } = true;

    /// <summary>How long an idle connection is kept open. The default is Kestrel's; uvicorn's is 5 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool IsSglang => OwnedBy.Equals("sglang", StringComparison.OrdinalIgnoreCase);
}
