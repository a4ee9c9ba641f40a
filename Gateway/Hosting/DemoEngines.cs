using Gateway.Simulation;

namespace Gateway.Hosting;

/// <summary>The simulated engines behind <c>--demo</c>: one model on two engines, another on one, paced like small models on a GPU.</summary>
internal sealed class DemoEngines : IAsyncDisposable
{
    private const string Llama = "meta-llama/Llama-3.2-1B-Instruct";
    private const string Qwen = "Qwen/Qwen2.5-0.5B-Instruct";

    private static readonly (string Name, string OwnedBy, string Model)[] Plan =
    [
        ("vllm-0", "vllm", Llama),
        ("vllm-1", "vllm", Llama),
        ("sglang-0", "sglang", Llama),
        ("vllm-2", "vllm", Qwen),
    ];

    private readonly List<SimulatedEngine> _engines = [];

    /// <summary>As if each had been given on the command line.</summary>
    public IEnumerable<CommandLineEngine> AsCommandLineEngines => _engines.Select(engine => new CommandLineEngine(engine.Url.ToString(), null));

    public static async Task<DemoEngines> StartAsync(CancellationToken cancellationToken)
    {
        var demo = new DemoEngines();
        foreach ((string name, string ownedBy, string model) in Plan)
        {
            var settings = new SimulatedEngineSettings
            {
                Name = name,
                OwnedBy = ownedBy,
                Models = [model],
                Pacing = SimulatedPacing.Realistic,
                OutputTokens = 50,
                Record = false,
            };
            demo._engines.Add(await SimulatedEngine.StartAsync(settings, cancellationToken));
        }

        return demo;
    }

    /// <summary>What to paste into a terminal, one request in one piece and one that streams.</summary>
    public static string Invitation(string address) => $$"""

        Simulated engines are running behind {{address}}. Try:

          curl {{address}}/v1/chat/completions -H 'Content-Type: application/json' -d '{"model": "{{Llama}}", "owned_by": "sglang", "messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 20}'
          curl -N {{address}}/v1/chat/completions -H 'Content-Type: application/json' -H 'x-owned-by: vllm' -d '{"model": "{{Qwen}}", "messages": [{"role": "user", "content": "Hello!"}], "stream": true}'

        """;

    public async ValueTask DisposeAsync()
    {
        foreach (SimulatedEngine engine in _engines)
            await engine.DisposeAsync();
    }
}
