using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Gateway.Telemetry;

/// <summary>
/// What is recorded of the requests of one model on one engine that ask for one thing. The attributes are put together once, so that recording
/// allocates nothing.
/// </summary>
internal sealed class RouteInstruments
{
    private readonly GatewayMetrics _metrics;
    private readonly Tag[] _tags;
    private readonly Tag[] _inputTags;
    private readonly Tag[] _outputTags;

    // By error.type: statuses, and the codes of the gateway's own errors.
    private readonly ConcurrentDictionary<string, Tag[]> _errorTags = new(StringComparer.Ordinal);
    private int _inFlight;

    public RouteInstruments(GatewayMetrics metrics, string? model, string? provider, GenAiOperation operation)
    {
        _metrics = metrics;
        Model = model;
        Provider = provider;
        Operation = operation;

        // In the order of the alphabet, in which the SDK keeps them: it need not sort them first.
        var tags = new List<Tag> { new(GenAiAttributes.OperationName, operation.Name) };
        if (provider is not null)
            tags.Add(new Tag(GenAiAttributes.ProviderName, provider));
        if (model is not null)
            tags.Add(new Tag(GenAiAttributes.RequestModel, model));
        _tags = [.. tags];
        _inputTags = [.. tags, new Tag(GenAiAttributes.TokenType, "input")];
        _outputTags = [.. tags, new Tag(GenAiAttributes.TokenType, "output")];
    }

    public string? Model { get; }

    public string? Provider { get; }

    public GenAiOperation Operation { get; }

    public Measurement<int> InFlight => new(Volatile.Read(ref _inFlight), _tags);

    /// <summary>A request is on its way to this route's endpoints; <see cref="Leave"/> is due.</summary>
    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <param name="seconds">From the request's arrival to the end of its answer.</param>
    /// <param name="errorType">The status or the code of what went wrong; null for a request that went well.</param>
    public void RecordDuration(double seconds, string? errorType) =>
        _metrics.RequestDuration.Record(seconds, errorType is null ? _tags : TagsOf(errorType));

    public void RecordFirstToken(double seconds) => _metrics.TimeToFirstToken.Record(seconds, _tags);

    public void RecordTimePerOutputToken(double seconds) => _metrics.TimePerOutputToken.Record(seconds, _tags);

    public void RecordQueued(double seconds) => _metrics.QueueDuration.Record(seconds, _tags);

    public void RecordUsage(in TokenUsage usage)
    {
        if (usage.Input is { } input)
            _metrics.TokenUsage.Record(input, _inputTags);
        if (usage.Output is { } output)
            _metrics.TokenUsage.Record(output, _outputTags);
    }

    private Tag[] TagsOf(string errorType) => _errorTags.TryGetValue(errorType, out Tag[]? tags)
        ? tags
        : _errorTags.GetOrAdd(errorType, [new Tag(GenAiAttributes.ErrorType, errorType), .. _tags]);
}
