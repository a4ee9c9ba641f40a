using System.Diagnostics;
using System.Net.Http.Headers;
using Gateway.Forwarding;
using Gateway.Picking;

namespace Gateway.Telemetry;

/// <summary>
/// The span of one attempt to have an endpoint answer, from the request's departure to the end of the answer; nothing when nobody listens.
/// Names are those of https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ and https://opentelemetry.io/docs/specs/semconv/http/http-spans/.
/// </summary>
internal readonly struct AttemptSpan
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private readonly Activity? _activity;

    private AttemptSpan(Activity? activity)
    {
        _activity = activity;
    }

    /// <param name="picked">Where the request goes.</param>
    /// <param name="operation">What it asks for.</param>
    /// <param name="resends">How many attempts came before.</param>
    public static AttemptSpan Start(in PickedEndpoint picked, GenAiOperation operation, int resends) =>
        GatewayActivities.Source.HasListeners() ? StartListenedTo(picked, operation, resends) : default;

    /// <summary>
    /// Tells the engine whose work it does. Without a span the client's own context passes, as any other header does.
    /// </summary>
    public void Inject(HttpRequestHeaders headers)
    {
        if (_activity is not { IdFormat: ActivityIdFormat.W3C })
            return;
        headers.Remove(TraceParent);
        headers.TryAddWithoutValidation(TraceParent, _activity.Id);
        headers.Remove(TraceState);
        if (_activity.TraceStateString is { Length: > 0 } state)
            headers.TryAddWithoutValidation(TraceState, state);
    }

    /// <summary>Ends an attempt that failed, or whose answer is not the one that the client gets.</summary>
    public void Stop(AttemptOutcome outcome, int status) => Stop(outcome == AttemptOutcome.Answered ? null : TelemetryNames.Of(outcome), status, default);

    /// <summary>Ends the attempt whose answer the client got.</summary>
    /// <param name="errorType">Why not all of it; null when it did.</param>
    /// <param name="status">The engine's; 0 when there is none.</param>
    /// <param name="usage">The tokens, as far as they are known.</param>
    public void Stop(string? errorType, int status, in TokenUsage usage)
    {
        if (_activity is null)
            return;
        if (status > 0)
            _activity.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status400BadRequest)
            errorType ??= StatusNames.Of(status);
        if (errorType is not null)
        {
            _activity.SetTag(GenAiAttributes.ErrorType, errorType);
            _activity.SetStatus(ActivityStatusCode.Error);
        }

        if (usage.Input is { } input)
            _activity.SetTag(GenAiAttributes.InputTokens, input);
        if (usage.Output is { } output)
            _activity.SetTag(GenAiAttributes.OutputTokens, output);
        _activity.Dispose();
    }

    private static AttemptSpan StartListenedTo(in PickedEndpoint picked, GenAiOperation operation, int resends)
    {
        Activity? request = Activity.Current;
        Activity? attempt = GatewayActivities.Source.StartActivity($"{operation.Name} {picked.Route.Model}", ActivityKind.Client);

        // Attempts stand side by side below the request, wherever they are ended.
        Activity.Current = request;
        if (attempt is not { IsAllDataRequested: true })
            return new AttemptSpan(attempt);

        Uri address = picked.Endpoint.At("");
        attempt.SetTag(GenAiAttributes.OperationName, operation.Name);
        attempt.SetTag(GenAiAttributes.ProviderName, picked.Route.OwnedBy);
        attempt.SetTag(GenAiAttributes.RequestModel, picked.Route.Model);
        attempt.SetTag("http.request.method", "POST");
        attempt.SetTag("server.address", address.Host);
        attempt.SetTag("server.port", address.Port);
        if (resends > 0)
            attempt.SetTag("http.request.resend_count", resends);
        return new AttemptSpan(attempt);
    }
}
