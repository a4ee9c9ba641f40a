using System.Runtime.InteropServices;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Scenarios;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>The verb <c>side-by-side</c>: reads its options, measures, writes the reports.</summary>
internal static class SideBySideCommand
{
    public const string Verb = "side-by-side";

    private const string Direct = "direct";
    private const int Failed = 1;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (SideBySideOptions.Parse(args) is { } options)
                await RunAsync(options);
            else
                Console.WriteLine(SideBySideOptions.HelpText);
            return 0;
        }
        catch (Exception refused) when (refused is FormatException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }
    }

    private static async Task RunAsync(SideBySideOptions options)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = StopAt(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = StopAt(PosixSignal.SIGTERM, stop);
        List<Scenario> scenarios = [.. AllScenarios.List.Where(scenario => IsWanted(scenario, options.Only))];
        if (scenarios.Count == 0)
            throw new FormatException($"No such scenario. There are: {string.Join(", ", AllScenarios.List.Select(scenario => scenario.Name))}.");
        List<IContender> contenders = ChooseContenders(options.Contenders);

        FileLimit.Raise();
        Processor.Pin(Processor.OfLoad);
        using var runner = new SideBySideRunner(contenders, options.Rounds, options.Seconds);
        foreach (Scenario scenario in scenarios)
            await runner.RunAsync(scenario, stop.Token);
        await Reporting.WriteAsync(runner.Measurements, options);
    }

    private static bool IsWanted(Scenario scenario, IReadOnlyList<string> names) =>
        names.Count == 0 || names.Any(name => scenario.Name == name || scenario.Name.StartsWith(name + "-", StringComparison.Ordinal));

    private static List<IContender> ChooseContenders(IReadOnlyList<string> names)
    {
        var chosen = new List<IContender>();
        foreach (string name in names.Where(name => !Contenders.Contenders.All.Any(contender => contender.Name == name)))
            throw new FormatException($"No contender {name}. There are: {string.Join(", ", Contenders.Contenders.All.Select(contender => contender.Name))}.");
        foreach (IContender contender in Contenders.Contenders.All)
        {
            if (names.Count > 0 && !names.Contains(contender.Name) && contender.Name != Direct)
                continue;
            if (contender.Missing() is { } missing)
                Console.Error.WriteLine($"{contender.Name} is left out: {missing}");
            else
                chosen.Add(contender);
        }

        return chosen;
    }

    private static PosixSignalRegistration StopAt(PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(signal, context =>
    {
        // What has been started is ended first.
        context.Cancel = true;
        stop.Cancel();
    });
}
