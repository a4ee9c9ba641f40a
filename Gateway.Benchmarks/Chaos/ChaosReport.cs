using Gateway.Benchmarks.Chaos.Storm;

namespace Gateway.Benchmarks.Chaos;

/// <summary>What a run says at its end.</summary>
internal static class ChaosReport
{
    private const string Attempts = "gateway_upstream_attempts_total";

    private static readonly (StormOutcome Outcome, string Text)[] Lines =
    [
        (StormOutcome.Complete, "complete"),
        (StormOutcome.Left, "left by the client in mid-stream"),
        (StormOutcome.CutWithEvent, "cut, with a last event"),
        (StormOutcome.CutWithoutEvent, "cut inside an event, without"),
        (StormOutcome.ResetTwice, "502, reset, and the retry lost too"),
        (StormOutcome.ResetOnce, "502, reset, and no other to ask"),
        (StormOutcome.AllDown, "503, all of its endpoints down"),
        (StormOutcome.JustBack, "503, those that were up had just come back"),
        (StormOutcome.TriesSpent, "503, as many refused as may be tried"),
        (StormOutcome.Wrong, "wrong, or not allowed"),
    ];

    /// <returns>Whether all is well.</returns>
    public static bool Write(StormFleet fleet, StormTally tally, string metrics, Leftovers leftovers, ChaosMemory memory)
    {
        Console.WriteLine($"{tally.Ended} requests; {fleet.Kills} kills, {fleet.Revivals} revivals");
        foreach ((StormOutcome outcome, string text) in Lines)
            Console.WriteLine($"{tally[outcome],8}  {text}");
        foreach (string line in metrics.Split('\n').Where(line => line.StartsWith(Attempts, StringComparison.Ordinal)))
            Console.WriteLine(line);
        Console.WriteLine($"left over: {leftovers.InFlight} in flight, {leftovers.Running} at engines, {leftovers.Connections} connections to engines");
        Console.WriteLine($"memory of the gateway: {Megabytes(memory.Before)} MB before, {Megabytes(memory.After)} MB after");
        foreach (string wrong in tally.Wrong)
            Console.WriteLine($"WRONG {wrong}");
        return leftovers.IsNone && tally[StormOutcome.Wrong] == 0 && tally[StormOutcome.Complete] > 0;
    }

    private static long Megabytes(long bytes) => bytes / (1024 * 1024);
}
