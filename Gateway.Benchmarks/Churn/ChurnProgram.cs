using Gateway.Benchmarks.SideBySide.Reports;

namespace Gateway.Benchmarks.Churn;

/// <summary>
/// What discovery costs while pods come and go, and whether requests feel it: <c>dotnet run --project Gateway.Benchmarks -c Release -- churn</c>.
/// The gateway is a process of its own, and so is the cluster, so that the processor time of the first is what is looked for. As many requests go
/// past the gateway as through it: they show what the machine itself, whose cores all three share, does to a request.
/// </summary>
internal static class ChurnProgram
{
    private const int Pods = 1000;
    private const int ChangesPerSecond = 50;
    private const int RequestsPerSecond = 100;

    private const int Rounds = 4;

    // Until the code of discovery is compiled with all optimisations.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(10);

    /// <param name="args"><c>churn</c>, or <c>churn cluster KUBECONFIG</c> for the child process.</param>
    public static Task RunAsync(string[] args) =>
        args is [_, "cluster", { } kubeconfig] ? ChurnCluster.RunAsync(kubeconfig, Pods) : MeasureAsync();

    private static async Task MeasureAsync()
    {
        string kubeconfig = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kubeconfig");
        try
        {
            using MeasuredProcess cluster = await MeasuredProcess.StartAsync("Gateway.Benchmarks.dll", "churn", "cluster", kubeconfig);
            using MeasuredProcess gateway = await MeasuredProcess.StartAsync(
                "Gateway.dll", "--urls=http://127.0.0.1:0", "--Gateway:Kubernetes:Enabled=true", $"--Gateway:Kubernetes:Kubeconfig={kubeconfig}");
            await gateway.UntilReadyAsync();
            Console.WriteLine($"{Pods} pods; {ChangesPerSecond} changes a second where pods churn; {RequestsPerSecond} requests a second all along");
            await RunPhaseAsync("warm-up", cluster, gateway, ChangesPerSecond, WarmUp);
            var rounds = new List<(ChurnPhase Quiet, ChurnPhase Churn)>();
            for (int round = 0; round < Rounds; round++)
            {
                ChurnPhase quiet = await RunPhaseAsync("quiet", cluster, gateway, changesPerSecond: 0, Phase);
                rounds.Add((quiet, await RunPhaseAsync("churn", cluster, gateway, ChangesPerSecond, Phase)));
            }

            Spread extra = Spread.Of(rounds.Select(round => round.Churn.Share - round.Quiet.Share));
            Console.WriteLine(string.Create(
                null,
                $"churn costs {extra.Median:P1} of a core ({extra.Min:P1} to {extra.Max:P1}); p99 through the gateway {Moved(phase => phase.P99)}, past it {Moved(phase => phase.DirectP99)}, the difference {Moved(phase => phase.P99 - phase.DirectP99)} (medians of {Rounds} rounds)"));

            string Moved(Func<ChurnPhase, double> figure) => string.Create(
                null,
                $"{Spread.Of(rounds.Select(round => figure(round.Quiet))).Median:0.00} -> {Spread.Of(rounds.Select(round => figure(round.Churn))).Median:0.00} ms");
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    private static async Task<ChurnPhase> RunPhaseAsync(string name, MeasuredProcess cluster, MeasuredProcess gateway, int changesPerSecond, TimeSpan duration)
    {
        await cluster.PostAsync($"/churn/{changesPerSecond}");
        TimeSpan before = gateway.ProcessorTime;
        Task<SteadyLoad> past = SteadyLoad.RunAsync(cluster.Url, RequestsPerSecond, duration);
        SteadyLoad load = await SteadyLoad.RunAsync(gateway.Url, RequestsPerSecond, duration);
        SteadyLoad direct = await past;
        double share = (gateway.ProcessorTime - before) / load.Duration;
        int heldBack = await gateway.CountIgnoredAsync();
        Console.WriteLine(string.Create(
            null,
            $"{name,-8} gateway {share,6:P1} of a core; request p50 {load.Percentile(50),5:0.00} ms, p99 {load.Percentile(99),5:0.00} ms, past it {direct.Percentile(50),5:0.00} and {direct.Percentile(99),5:0.00} ms; failed {load.Failed}; pods held back {heldBack}"));
        return new ChurnPhase(share, load.Percentile(99), direct.Percentile(99));
    }

    /// <param name="Share">Of one core, 0.1 for a tenth.</param>
    /// <param name="P99">Of requests, in milliseconds.</param>
    /// <param name="DirectP99">Of requests that go past the gateway.</param>
    private sealed record ChurnPhase(double Share, double P99, double DirectP99);
}
