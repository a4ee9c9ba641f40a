using System.Diagnostics;
using System.Text;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>Says of each answer whether docs/faults.md allows it, knowing when each engine was down.</summary>
internal sealed class AnswerJudge(StormFleet fleet)
{
    private const string LastEvent = "data: {\"error\":";

    // An endpoint is back within 10 s of answering again; a busy machine has some more for its probes.
    private static readonly long BackWithin = 12 * Stopwatch.Frequency;

    // The first, and as many more as Retry:Connect is by default. The retry budget is never spent: a fifth of all requests are not met by a kill.
    private const int MostTries = 3;

    private readonly HashSet<string> _ids = [];

    public (StormOutcome Outcome, string? Wrong) Judge(StormRequest request, StormAnswer answer) => answer.Status switch
    {
        200 => JudgeBody(request, answer),
        502 when answer is { ErrorCode: "upstream_unreachable", Headers.ShouldRetry: "false", End: AnswerEnd.Clean } => JudgeReset(request, answer),
        503 when answer is { ErrorCode: "no_ready_endpoint", Headers.RetryAfter: >= 1 and <= 60, End: AnswerEnd.Clean } => JudgeRefusal(request, answer),
        _ => Wrong($"status {answer.Status}, {answer.End}, {Encoding.Latin1.GetString(answer.Body)}"),
    };

    private (StormOutcome, string?) JudgeReset(StormRequest request, StormAnswer answer)
    {
        int down = CountDown(request, answer);
        if (down >= 2)
            return (StormOutcome.ResetTwice, null);
        return down == 1 && NoOtherIsKnown(request, answer) ? (StormOutcome.ResetOnce, null) : Wrong($"502, and only {down} engines were down");
    }

    private (StormOutcome, string?) JudgeRefusal(StormRequest request, StormAnswer answer)
    {
        int down = CountDown(request, answer);
        if (down == fleet.CandidatesOf(request).Count())
            return (StormOutcome.AllDown, null);
        if (NoOtherIsKnown(request, answer))
            return (StormOutcome.JustBack, null);
        return down >= MostTries ? (StormOutcome.TriesSpent, null) : Wrong($"503, and only {down} engines were down");
    }

    /// <summary>Whether those that were up had all come back so shortly before that the gateway need not know it.</summary>
    private bool NoOtherIsKnown(StormRequest request, StormAnswer answer) =>
        fleet.CandidatesOf(request).All(life => life.WasDown(answer.Sent - BackWithin, answer.Ended));

    private int CountDown(StormRequest request, StormAnswer answer) =>
        fleet.CandidatesOf(request).Count(life => life.WasDown(answer.Sent, answer.Ended));

    private (StormOutcome, string?) JudgeBody(StormRequest request, StormAnswer answer)
    {
        EngineLife? speaker = fleet.CandidatesOf(request).FirstOrDefault(life => life.Engine.Address == answer.Headers.Endpoint);
        if (speaker is null || speaker.OwnedBy != answer.Headers.OwnedBy)
            return Wrong($"answered by {answer.Headers.OwnedBy} at {answer.Headers.Endpoint}, asked for {request.Model} on {request.OwnedBy ?? "any"}");

        ReadOnlySpan<byte> body = answer.Body;
        ExpectedAnswer? expected = ExpectedAnswer.Of(request, body);
        if (expected is not null && !IsFresh(expected.Id))
            return Wrong($"the answer {expected.Id} came twice");
        if (expected is not null && expected.Engine != speaker.Engine.Settings.Name)
            return Wrong($"{expected.Engine} speaks, not {speaker.Engine.Settings.Name}");

        ReadOnlySpan<byte> wanted = expected is null ? [] : expected.Bytes;
        int common = body.CommonPrefixLength(wanted);
        bool isBeginning = common == body.Length;
        if (answer.End == AnswerEnd.Clean)
            return isBeginning && common == wanted.Length && expected is not null ? (StormOutcome.Complete, null) : Wrong(Difference("a clean end", body, common));
        if (answer.End == AnswerEnd.Left && isBeginning)
            return (StormOutcome.Left, null);
        if (!speaker.WasDown(answer.Sent, answer.Ended))
            return Wrong(Difference("cut, and its engine was not down", body, common));

        ReadOnlySpan<byte> rest = body[AfterLastWhole(body, common)..];
        if (request.IsStream && IsLastEvent(rest))
            return (StormOutcome.CutWithEvent, null);
        bool isInsideEvent = rest.Length > 0 && rest.IndexOf("\n\n"u8) < 0;
        return isInsideEvent && (isBeginning || expected is null) ? (StormOutcome.CutWithoutEvent, null) : Wrong(Difference("cut", body, common));
    }

    private bool IsFresh(string id)
    {
        lock (_ids)
            return _ids.Add(id);
    }

    private static int AfterLastWhole(ReadOnlySpan<byte> body, int common)
    {
        int end = body[..common].LastIndexOf("\n\n"u8);
        return end < 0 ? 0 : end + 2;
    }

    /// <summary>One event, whole, with nothing behind it.</summary>
    private static bool IsLastEvent(ReadOnlySpan<byte> rest)
    {
        string text = Encoding.Latin1.GetString(rest);
        return text.StartsWith(LastEvent, StringComparison.Ordinal)
            && text.Contains("\"code\":\"upstream_disconnected\"", StringComparison.Ordinal)
            && text.IndexOf("\n\n", StringComparison.Ordinal) == text.Length - 2;
    }

    private static string Difference(string what, ReadOnlySpan<byte> body, int common) =>
        $"{what}; {body.Length} bytes came, right up to {common}, then: {Encoding.Latin1.GetString(body[common..Math.Min(body.Length, common + 200)])}";

    private static (StormOutcome, string?) Wrong(string why) => (StormOutcome.Wrong, why);
}
