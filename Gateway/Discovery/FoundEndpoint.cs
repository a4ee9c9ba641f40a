using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>What a source says of one endpoint. Immutable.</summary>
internal sealed record FoundEndpoint
{
    /// <summary>What an engine that does not name itself most likely is: every other engine that llm-d runs writes its own name.</summary>
    public const string DefaultEngine = "vllm";

    public required EndpointAddress Address { get; init; }

    public required EndpointOrigin Origin { get; init; }

    /// <summary>What it wants as <c>Authorization</c>.</summary>
    public EngineKey Key { get; init; } = EngineKey.None;

    /// <summary>The engine as an operator wrote it, in configuration, an annotation or a label: outranks the endpoint's own model cards.</summary>
    public string? Engine { get; init; }

    /// <summary>The engine where nothing names it, not even the cards.</summary>
    public string FallbackEngine { get; init; } = DefaultEngine;

    /// <summary>What it serves, whatever its cards say; empty when they say it.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>What it serves as far as its command line tells: holds until it has listed its models.</summary>
    public IReadOnlyList<string> FallbackModels { get; init; } = [];

    /// <summary>The Service or the workload that an operator knows it by.</summary>
    public string? ServiceName { get; init; }

    /// <summary>Why it gets no new requests, for example <c>cordoned</c>; null when it does.</summary>
    public string? Withheld { get; init; }

    /// <inheritdoc cref="IEndpointSource.Workloads"/>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    public string? Namespace => Origin.Namespace;

    public ProbeTarget Probe =>
        new(Address, Key, AnyAnswerIsAlive: Models.Count > 0 || FallbackModels.Count > 0) { IsPaused = Withheld is not null };

    /// <summary>The same endpoint, seen a second time: what is known here stays, what is not is taken from there.</summary>
    public FoundEndpoint With(FoundEndpoint other)
    {
        // The address of a pod that has ended may be another pod's already: the one that serves says what is served.
        if (Withheld is not null && other.Withheld is null)
            return other.With(this);

        return this with
        {
            Key = Key == EngineKey.None ? other.Key : Key,
            Engine = Engine ?? other.Engine,
            Models = Models.Count > 0 ? Models : other.Models,
            FallbackModels = FallbackModels.Count > 0 ? FallbackModels : other.FallbackModels,
            ServiceName = ServiceName ?? other.ServiceName,
            Workloads = [.. Workloads.Union(other.Workloads)],
        };
    }
}

/// <summary>The object that stands for an endpoint: <c>pod llm-d/ms-llama-decode-0</c>, <c>engine http://127.0.0.1:9101</c>.</summary>
internal sealed record EndpointOrigin(string Kind, string? Namespace, string Name)
{
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
