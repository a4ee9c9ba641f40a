using BenchmarkDotNet.Running;
using Gateway.Benchmarks.Churn;
using Gateway.Benchmarks.SideBySide.Reports;
using Gateway.Benchmarks.SideBySide.YarpPeer;

namespace Gateway.Benchmarks;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        switch (args)
        {
            case ["churn", ..]:
                await ChurnProgram.RunAsync(args);
                break;
            case [YarpProxy.Verb, .. string[] rest]:
                await YarpProxy.RunAsync(rest);
                break;
            case [Reports.Verb, .. string[] rest]:
                await Reports.RunAsync(rest, CancellationToken.None);
                break;
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                break;
        }
    }
}
