using System.Runtime.InteropServices;
using Gateway.Benchmarks.SideBySide.Contenders;
using Gateway.Benchmarks.SideBySide.ControlGroups;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Reports;
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
                return await RunAsync(options);
            Console.WriteLine(SideBySideOptions.HelpText);
            return 0;
        }
        catch (Exception refused) when (refused is FormatException or ControlGroupException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }
    }

    private static async Task<int> RunAsync(SideBySideOptions options)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = StopAt(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = StopAt(PosixSignal.SIGTERM, stop);
        List<Scenario> scenarios = [.. AllScenarios.List.Where(scenario => IsWanted(scenario, options.Only))];
        if (scenarios.Count == 0)
            throw new FormatException($"No such scenario. There are: {string.Join(", ", AllScenarios.List.Select(scenario => scenario.Name))}.");
        List<IContender> contenders = ChooseContenders(options.Contenders);
        GatewayBuild gateway = GatewayBuild.Find(options.Gateway);
        string? quota = options.Quota ? await DescribeQuotaAsync() : null;
        RunDescription description = await RunSurvey.CollectAsync(gateway, quota, stop.Token);
        Directory.CreateDirectory(options.Output);
        string file = Reports.Reports.ResultsFile(options.Output, description);

        FileLimit.Raise();
        Processor.Pin(Processor.OfLoad);
        using var runner = new SideBySideRunner(contenders, gateway, options, measurements => Results(measurements).WriteAsync(file));
        try
        {
            foreach (Scenario scenario in scenarios)
                await runner.RunAsync(scenario, stop.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"Ended early. What whole rounds have shown, if there were any, is in {file}.");
            return Failed;
        }

        await Reports.Reports.ShowAsync(Results(runner.Measurements), options.Output);
        return 0;

        RunResults Results(IReadOnlyList<Measurement> measurements) => new(
            description, [.. scenarios.Select(scenario => new ScenarioDescription(scenario.Name, scenario.Title, scenario.Headline.Name))], measurements);
    }

    // Before anything is measured: where no group can be made there is nothing to measure.
    private static async Task<string> DescribeQuotaAsync()
    {
        await using ControlGroup group = ControlGroup.Create();
        return group.Describe();
    }

    private static bool IsWanted(Scenario scenario, IReadOnlyList<string> names) =>
        names.Count == 0 || names.Any(name => scenario.Name == name || scenario.Name.StartsWith(name + "-", StringComparison.Ordinal));

    private static List<IContender> ChooseContenders(IReadOnlyList<string> names)
    {
        var chosen = new List<IContender>();
        List<IContender> known = [.. Contenders.Contenders.All, .. Contenders.Contenders.OnRequest];
        if (names.FirstOrDefault(name => !known.Exists(contender => contender.Name == name)) is { } unknown)
            throw new FormatException($"No contender {unknown}. There are: {string.Join(", ", known.Select(contender => contender.Name))}.");
        foreach (IContender contender in names.Count == 0 ? Contenders.Contenders.All : known)
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
