using System.Globalization;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>Compares what a client got with what it was to get.</summary>
internal static class ClientView
{
    private const string ShouldRetry = "x-should-retry";
    private const string DroppedReason = "x-llm-d-request-dropped-reason";

    /// <param name="seen">What it was to get.</param>
    /// <param name="answer">An answer that came to its end.</param>
    /// <param name="kind">What it had asked for.</param>
    /// <param name="engine">The one whose answer it is, unless it is the gateway's own.</param>
    public static void AssertIs(Seen seen, RawMessage answer, AnswerKind kind, FaultyEngine engine)
    {
        switch (seen)
        {
            case Seen.NoReadyEndpoint:
                AssertOwnError(answer, 503, "no_ready_endpoint", shouldRetry: null);
                Assert.InRange(int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 5);
                break;
            case Seen.Unreachable:
                AssertOwnError(answer, 502, "upstream_unreachable", shouldRetry: "false");
                Assert.Null(answer.Header("Retry-After"));
                break;
            case Seen.TimedOut:
                AssertOwnError(answer, 504, "upstream_timeout", shouldRetry: "false");
                Assert.Null(answer.Header("Retry-After"));
                break;
            default:
                AssertIsOf(engine, answer, kind);
                break;
        }
    }

    private static void AssertOwnError(RawMessage answer, int status, string code, string? shouldRetry)
    {
        Assert.Equal((status, code, shouldRetry), (answer.Status, answer.ErrorCode, answer.Header(ShouldRetry)));
        Assert.NotNull(answer.Header("x-request-id"));
        Assert.Null(answer.Header("x-owned-by"));
        Assert.Null(answer.Header(DroppedReason));
    }

    private static void AssertIsOf(FaultyEngine engine, RawMessage answer, AnswerKind kind)
    {
        Fault? fault = engine.CurrentFault;
        Assert.Equal($"HTTP/1.1 {EngineLines.Status(fault)}", answer.StartLine);
        Assert.Equal(EngineLines.Body(engine.Name, fault, kind), answer.Body);
        Assert.Equal(
            (EngineLines.RetryAfter(fault), EngineLines.DroppedReason(fault), null),
            (answer.Header("Retry-After"), answer.Header(DroppedReason), answer.Header(ShouldRetry)));
        Assert.Equal(engine.OwnedBy, answer.Header("x-owned-by"));
    }
}
