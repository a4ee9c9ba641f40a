using Gateway.Benchmarks.Chaos.Storm;
using Gateway.Benchmarks.Churn;

namespace Gateway.Benchmarks.Chaos;

/// <summary>
/// Whether every answer stays right while engines die and come back: <c>dotnet run --project Gateway.Benchmarks -c Release -- chaos</c>.
/// The gateway is a process of its own, as it was built.
/// </summary>
internal static class ChaosProgram
{
    private const int Clients = 48;
    private const int Failed = 1;

    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(20);

    /// <returns>The exit code: 1 when an answer was wrong or something was left over.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ChaosOptions? options;
        try
        {
            options = ChaosOptions.Parse(args);
        }
        catch (FormatException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }

        if (options is null)
        {
            Console.WriteLine(ChaosOptions.HelpText);
            return 0;
        }

        return await RunAsync(options) ? 0 : Failed;
    }

    private static async Task<bool> RunAsync(ChaosOptions options)
    {
        Console.WriteLine(
            $"{options.Endpoints} endpoints, one killed or revived every {options.Every.TotalMilliseconds} ms for {options.Duration.TotalSeconds} s; {Clients} clients; seed {options.Seed}");
        await using StormFleet fleet = await StormFleet.StartAsync(options.Endpoints, new Random(options.Seed), CancellationToken.None);
        using MeasuredProcess gateway = await MeasuredProcess.StartAsync(
            "Gateway.dll",
            ["--urls=http://127.0.0.1:0", "--Gateway:ExposeEndpoint=true", .. fleet.Engines.Select(life => $"--engine={life.Engine.Url}")]);
        await gateway.UntilReadyAsync();

        using var clients = new StormClients(gateway.Url, fleet, options.Seed);
        ChaosMemory memory = await RunStormAsync(options, fleet, gateway, clients);
        await fleet.ReviveAllAsync(CancellationToken.None);
        Leftovers leftovers = await Leftovers.UntilNoneAsync(gateway, fleet, SettleLimit);
        return ChaosReport.Write(fleet, clients.Tally, await gateway.GetTextAsync("/metrics"), leftovers, memory);
    }

    private static async Task<ChaosMemory> RunStormAsync(ChaosOptions options, StormFleet fleet, MeasuredProcess gateway, StormClients clients)
    {
        using var stop = new CancellationTokenSource(options.Duration);
        using var timer = new PeriodicTimer(options.Every);
        long before = gateway.Memory;
        Task asking = clients.RunAsync(Clients, stop.Token);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
                await fleet.StrikeAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        await asking;
        return new ChaosMemory(before, gateway.Memory);
    }
}
