using Gateway.Simulation;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>Endpoints of two engines that serve one model, two of which serve another one as well; and who kills and revives them.</summary>
internal sealed class StormFleet(Random random) : IAsyncDisposable
{
    public const string Shared = "meta-llama/Llama-3.2-1B-Instruct";
    public const string Rare = "only-on-two";
    public const string Vllm = "vllm";
    public const string Sglang = "sglang";

    private const int RareEndpoints = 2;

    // Of its endpoints a quarter is down on average: enough to be met all the time, few enough for the others to serve.
    private const int OnceIn = 4;

    // A request takes a few tenths of a second, in which its engine may well be killed.
    private static readonly SimulatedPacing Pacing = new()
    {
        TimeToFirstToken = TimeSpan.FromMilliseconds(20),
        TimePerToken = TimeSpan.FromMilliseconds(8),
    };

    private readonly List<EngineLife> _engines = [];

    public IReadOnlyList<EngineLife> Engines => _engines;

    public int Kills { get; private set; }

    public int Revivals { get; private set; }

    public static async Task<StormFleet> StartAsync(int endpoints, Random random, CancellationToken cancellationToken)
    {
        var fleet = new StormFleet(random);
        for (int i = 0; i < endpoints; i++)
        {
            bool isVllm = i % 2 == 0;
            fleet._engines.Add(new EngineLife(await SimulatedEngine.StartAsync(
                new()
                {
                    Name = $"{i}",
                    OwnedBy = isVllm ? Vllm : Sglang,
                    Models = isVllm && i / 2 < RareEndpoints ? [Shared, Rare] : [Shared],
                    Pacing = Pacing,
                    CacheBlocks = 0,
                    Record = false,
                },
                cancellationToken)));
        }

        return fleet;
    }

    /// <summary>Those that may answer a request.</summary>
    public IEnumerable<EngineLife> CandidatesOf(StormRequest request) => _engines.Where(
        life => life.Engine.Settings.Models.Contains(request.Model) && (request.OwnedBy is null || request.OwnedBy == life.OwnedBy));

    /// <summary>Kills one, or revives one: rather the latter, the more are down.</summary>
    public async Task StrikeAsync(CancellationToken cancellationToken)
    {
        List<EngineLife> down = [.. _engines.Where(life => life.IsDown)];
        if (random.Next(_engines.Count) < down.Count * OnceIn / 2)
        {
            await down[random.Next(down.Count)].ReviveAsync(cancellationToken);
            Revivals++;
            return;
        }

        List<EngineLife> up = [.. _engines.Except(down)];
        await up[random.Next(up.Count)].KillAsync();
        Kills++;
    }

    public async Task ReviveAllAsync(CancellationToken cancellationToken)
    {
        foreach (EngineLife life in _engines.Where(life => life.IsDown))
            await life.ReviveAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EngineLife life in _engines)
            await life.Engine.DisposeAsync();
    }
}
