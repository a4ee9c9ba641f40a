using System.Diagnostics;
using System.Text.Json;
using Gateway.Benchmarks.Chaos.Storm;
using Gateway.Benchmarks.Churn;

namespace Gateway.Benchmarks.Chaos;

/// <summary>What the gateway still holds when all clients have had their answers.</summary>
/// <param name="InFlight">Requests that it counts its endpoints to be working on.</param>
/// <param name="Running">Requests that engines are working on.</param>
/// <param name="Connections">To engines, beyond the one for each that its probe may hold.</param>
internal sealed record Leftovers(int InFlight, int Running, int Connections)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public bool IsNone => this is { InFlight: 0, Running: 0, Connections: 0 };

    /// <summary>Looks until there is nothing left, as unused connections are kept for some seconds, or until the time is over.</summary>
    public static async Task<Leftovers> UntilNoneAsync(MeasuredProcess gateway, StormFleet fleet, TimeSpan limit)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(Pause))
        {
            Leftovers left = await LookAsync(gateway, fleet);
            if (left.IsNone || waited.Elapsed > limit)
                return left;
        }
    }

    private static async Task<Leftovers> LookAsync(MeasuredProcess gateway, StormFleet fleet)
    {
        JsonElement status = JsonElement.Parse(await gateway.GetTextAsync("/admin/api/status"));
        int inFlight = status.GetProperty("endpoints").EnumerateArray().Sum(endpoint => endpoint.GetProperty("in_flight").GetInt32());
        int connections = fleet.Engines.Sum(life => Math.Max(0, OpenConnections.CountTo(life.Engine.Url.Port) - 1));
        return new Leftovers(inFlight, fleet.Engines.Sum(life => life.Engine.Running), connections);
    }
}
