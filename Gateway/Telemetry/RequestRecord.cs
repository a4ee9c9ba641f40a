using Gateway.Forwarding;
using Gateway.Picking;

namespace Gateway.Telemetry;

/// <summary>
/// Follows one request along its way, and tells metrics, spans and the access log of it. Belongs to one request at a time and is used again;
/// without listeners no step of it allocates.
/// </summary>
internal sealed class RequestRecord
{
    private readonly UsageScanner _scanner = new();
    private GatewayTelemetry _telemetry = null!;
    private GenAiOperation _operation = GenAiOperation.Other;
    private Route? _picked;
    private RouteInstruments? _route;
    private AttemptSpan _span;
    private RequestPhase _phase;
    private string _requestId = "";
    private string? _model;
    private string? _endpoint;
    private long _began;
    private long _arrived;
    private long _firstByte;
    private TimeSpan _queued;
    private long _bytesIn;
    private long _bytesOut;
    private int _attempts;
    private int _engineStatus;
    private bool _isEventStream;

    /// <summary>The client's key, by its name; null when there are none.</summary>
    public string? KeyName { get; set; }

    /// <summary>The request is there: before step 1.</summary>
    public void Begin(GatewayTelemetry telemetry, string path, string requestId)
    {
        _telemetry = telemetry;
        _operation = GenAiOperation.Of(path);
        _requestId = requestId;
        _route = null;
        _span = default;
        _phase = RequestPhase.Upload;
        KeyName = _model = _endpoint = null;
        _firstByte = _bytesIn = _bytesOut = 0;
        _attempts = _engineStatus = 0;
        _queued = default;
        _isEventStream = false;
        _began = _arrived = telemetry.Time.GetTimestamp();
    }

    /// <summary>More of the body has come, in step 1: the time until then is the client's.</summary>
    /// <param name="total">Bytes of the body so far.</param>
    public void Received(long total)
    {
        _bytesIn = total;
        if (_attempts == 0)
            _arrived = _telemetry.Time.GetTimestamp();
    }

    /// <summary>The model that the request asks for is known, in step 2.</summary>
    /// <param name="model">As the route table has it.</param>
    public void Routed(string model) => _model = model;

    /// <summary>The request begins to wait for its turn, in step 3.</summary>
    public void EnterQueue() => _phase = RequestPhase.Queue;

    /// <summary>Its turn has come, or will not come.</summary>
    public void LeaveQueue(TimeSpan waited) => _queued += waited;

    /// <summary>An attempt leaves for an endpoint, in step 4.</summary>
    public void Depart(in PickedEndpoint picked, HttpRequestMessage request)
    {
        RouteInstruments route = Enter(picked);
        if (_attempts == 0)
        {
            _telemetry.Metrics.OverheadDuration.Record((_telemetry.Time.GetElapsedTime(_arrived) - _queued).TotalSeconds);
            if (_phase == RequestPhase.Queue)
                route.RecordQueued(_queued.TotalSeconds);
        }

        _span = AttemptSpan.Start(picked, _operation, _attempts);
        _span.Inject(request.Headers);
        _attempts++;
        _phase = RequestPhase.Waiting;
    }

    /// <summary>The attempt has been answered or has failed, in step 4.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="status">The answer's; 0 without one.</param>
    /// <param name="isLast">Whether the client gets this answer.</param>
    public void Return(AttemptOutcome outcome, int status, bool isLast)
    {
        _telemetry.Metrics.AttemptEnded(outcome);
        if (isLast && outcome == AttemptOutcome.Answered)
            return;
        _span.Stop(outcome, status);
        _span = default;
    }

    /// <summary>The answer is passed on from here: step 5. It need not be the last attempt's.</summary>
    public void BeginAnswer(in PickedEndpoint picked, int status, bool isEventStream)
    {
        Enter(picked);
        _phase = RequestPhase.Answer;
        _engineStatus = status;
        _isEventStream = isEventStream;
        if (_telemetry.ReadsAnswers)
            _scanner.Begin(isEventStream);
    }

    /// <summary>Bytes of the answer, in step 6.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytesOut == 0)
            _firstByte = _telemetry.Time.GetTimestamp();
        _bytesOut += bytes.Length;
        if (_telemetry.ReadsAnswers)
            _scanner.Add(bytes);
    }

    /// <summary>It is over, and everything is told.</summary>
    /// <param name="ending">How.</param>
    /// <param name="status">What the client got.</param>
    /// <param name="errorCode">The code of the gateway's own error, also of the last event of a stream that was cut; null when there was none.</param>
    public void End(RequestEnding ending, int status, string? errorCode)
    {
        long now = _telemetry.Time.GetTimestamp();
        TokenUsage usage = _phase == RequestPhase.Answer && _engineStatus < StatusCodes.Status400BadRequest ? _scanner.Read() : default;
        string? errorType = ending == RequestEnding.ClientLeft ? TelemetryNames.Of(ending)
            : errorCode ?? (status >= StatusCodes.Status400BadRequest ? StatusNames.Of(status) : null);

        RouteInstruments route = _route ?? _telemetry.Metrics.Of(_model, provider: null, _operation);
        route.RecordDuration(Seconds(now), errorType);
        route.RecordUsage(usage);
        if (_isEventStream && _bytesOut > 0 && _engineStatus < StatusCodes.Status400BadRequest)
            RecordPace(route, usage, now, isWhole: ending == RequestEnding.Completed);
        if (ending == RequestEnding.ClientLeft)
            _telemetry.Metrics.ClientLeft(_phase);

        _span.Stop(errorType, _engineStatus, usage);
        _route?.Leave();
        if (_telemetry.AccessLog.IsEnabled)
            _telemetry.AccessLog.Write(Line(ending, status, usage, now));
        _span = default;
        _picked = null;
        _route = null;
        _scanner.Clear();
    }

    private RouteInstruments Enter(in PickedEndpoint picked)
    {
        _endpoint = picked.Endpoint.Address.Authority;
        if (_route is not null && ReferenceEquals(picked.Route, _picked))
            return _route;

        _route?.Leave();
        RouteInstruments route = _telemetry.Metrics.Of(picked.Route, _operation);
        route.Enter();
        (_picked, _route, _model) = (picked.Route, route, route.Model);
        return route;
    }

    private void RecordPace(RouteInstruments route, in TokenUsage usage, long now, bool isWhole)
    {
        route.RecordFirstToken(Seconds(_firstByte));
        if (isWhole && usage.Output is > 1 and { } output)
            route.RecordTimePerOutputToken((Seconds(now) - Seconds(_firstByte)) / (output - 1));
    }

    private AccessLogLine Line(RequestEnding ending, int status, in TokenUsage usage, long now) => new()
    {
        Time = _telemetry.Time.GetUtcNow(),
        RequestId = _requestId,
        KeyName = KeyName,
        Operation = _operation.Name,
        Model = _model,
        OwnedBy = _route?.Provider,
        Endpoint = _endpoint,
        Attempts = _attempts,
        Status = status,
        Ending = ending,
        TimeToFirstToken = _isEventStream && _bytesOut > 0 ? Seconds(_firstByte) : null,
        Duration = Seconds(now),
        Usage = usage,
        BytesIn = _bytesIn,
        BytesOut = _bytesOut,
    };

    private double Seconds(long until) => _telemetry.Time.GetElapsedTime(_began, until).TotalSeconds;
}
