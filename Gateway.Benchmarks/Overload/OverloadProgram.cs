using System.Globalization;
using Gateway.Benchmarks.Churn;
using Gateway.Simulation;

namespace Gateway.Benchmarks.Overload;

/// <summary>
/// Whether a route that is offered three times what its engines can do still does all that they can, at once or not at all:
/// <c>dotnet run --project Gateway.Benchmarks -c Release -- overload [--seconds 20]</c>. The gateway is a process of its own, as it was built.
/// </summary>
internal static class OverloadProgram
{
    private const string Model = "m";
    private const int Endpoints = 2;
    private const int AtOnce = 8;
    private const int MaxInFlight = Endpoints * AtOnce;
    private const int MaxQueue = 32;
    private const int Overload = 3;
    private const int Failed = 1;

    private static readonly TimeSpan Service = TimeSpan.FromMilliseconds(50);
    private static readonly double Capacity = MaxInFlight / Service.TotalSeconds;

    // Until then code is compiled and the heap grows to its usual size.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    /// <returns>The exit code: 1 when a mark is missed.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        int seconds = 20;
        bool isUnderstood = args is [] || (args is ["--seconds", { } text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds > 0);
        if (isUnderstood)
            return await RunAsync(TimeSpan.FromSeconds(seconds)) ? 0 : Failed;

        await Console.Error.WriteLineAsync("Understood is --seconds N.");
        return Failed;
    }

    private static async Task<bool> RunAsync(TimeSpan duration)
    {
        await using SimulatedEngine first = await StartEngineAsync();
        await using SimulatedEngine second = await StartEngineAsync();
        using MeasuredProcess gateway = await MeasuredProcess.StartAsync(
            "Gateway.dll", "--urls=http://127.0.0.1:0", $"--engine={first.Url}", $"--engine={second.Url}",
            $"--Gateway:Limits:MaxInFlight={MaxInFlight}", $"--Gateway:Limits:MaxQueue={MaxQueue}", "--Gateway:Limits:QueueTimeout=00:00:01");
        await gateway.UntilReadyAsync();

        double offered = Overload * Capacity;
        Console.WriteLine($"{offered:0} requests a second for {duration.TotalSeconds} s, of which the engines can answer {Capacity:0}; {MaxInFlight} run at once, {MaxQueue} wait");
        await OfferedLoad.RunAsync(gateway, Model, offered, WarmUp);
        OfferedLoad load = await OfferedLoad.RunAsync(gateway, Model, offered, duration);
        return Report(load);
    }

    /// <summary>Has room for so many at once, and lets all others wait: without a limit before it, ever longer.</summary>
    private static Task<SimulatedEngine> StartEngineAsync() => SimulatedEngine.StartAsync(
        new() { Models = [Model], MaxRunning = AtOnce, OutputTokens = 1, Pacing = new() { TimeToFirstToken = Service }, Record = false },
        CancellationToken.None);

    private static bool Report(OfferedLoad load)
    {
        double longest = ((MaxQueue / Capacity) + Service.TotalSeconds) * 1000;
        OverloadMark[] marks =
        [
            OverloadMark.AtLeast("answered a second", load.AnsweredPerSecond, 0.9 * Capacity),
            OverloadMark.AtMost("answered, p50 ms", load.Answered.Percentile(0.5) / 1000, 1.5 * longest),
            OverloadMark.AtMost("answered, p99 ms", load.Answered.Percentile(0.99) / 1000, 2 * longest),
            OverloadMark.AtLeast("refused by 429", load.Refused.Count, 1),
            OverloadMark.AtMost("refused, p50 ms", load.Refused.Percentile(0.5) / 1000, 10),
            OverloadMark.AtMost("refused, p99 ms", load.Refused.Percentile(0.99) / 1000, 50),
            OverloadMark.AtMost("neither", load.Other, 0),
            OverloadMark.AtMost("memory, last third to first", load.MemoryGrowth, 1.1),
        ];
        foreach (OverloadMark mark in marks)
            Console.WriteLine(mark);
        return Array.TrueForAll(marks, mark => mark.IsHeld);
    }
}
