using System.Text.Json;
using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>The gateway of this repository, as <see cref="GatewayBuild"/> says.</summary>
/// <param name="name">In tables.</param>
/// <param name="metrics">Whether it measures, as it does unless told not to.</param>
internal sealed class GatewayContender(string name, bool metrics) : IContender
{
    public string Name => name;

    public IReadOnlySet<string> LeftOut => Contenders.NothingLeftOut;

    public string? Missing() => null;

    public async Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
    {
        // In a file: a thousand engines are too long for a command line that one wants to read in a list of processes.
        string configuration = Path.Combine(setup.WorkFolder, "gateway.json");
        await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(new
        {
            Gateway = new
            {
                Metrics = new { Enabled = metrics },
                State = new { Path = Path.Combine(setup.WorkFolder, "routes.json") },
                Engines = setup.Engines.Select(engine => new { Url = engine.GetLeftPart(UriPartial.Authority), BenchmarkModel.OwnedBy }),
            },
        }), cancellationToken);

        var url = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        ContenderProcess process = ContenderProcess.Start(
            Name, setup,
            ["dotnet", setup.Gateway.Assembly, "--urls", url.GetLeftPart(UriPartial.Authority), "--config", configuration],
            DotnetProgram.Environment);
        return await RunningContender.WhenReadyAsync(url, process, async () =>
        {
            await Readiness.WaitForTextAsync(process, new Uri(url, "/ready"), "ok", 1, cancellationToken);
            await Readiness.WaitForTextAsync(process, new Uri(url, "/v1/models"), BenchmarkModel.Name, 1, cancellationToken);
            // All of them: with a thousand the first is found well before the last.
            await Readiness.WaitForTextAsync(
                process, new Uri(url, "/admin/api/routing"), "\"state\":\"ready\"", setup.Engines.Count, cancellationToken);
            await Readiness.WaitForChatAsync(process, url, cancellationToken);
        });
    }
}
