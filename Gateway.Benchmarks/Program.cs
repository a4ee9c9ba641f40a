using BenchmarkDotNet.Running;
using Gateway.Benchmarks.Chaos;
using Gateway.Benchmarks.Churn;
using Gateway.Benchmarks.Overload;
using Gateway.Benchmarks.SideBySide;
using Gateway.Benchmarks.SideBySide.Engine;
using Gateway.Benchmarks.SideBySide.Reports;
using Gateway.Benchmarks.SideBySide.YarpPeer;

namespace Gateway.Benchmarks;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [SideBySideCommand.Verb, .. string[] rest]:
                return await SideBySideCommand.RunAsync(rest);
            case [Reports.Verb, .. string[] rest]:
                return await Reports.RunAsync(rest);
            case [EngineCommand.Verb, .. string[] rest]:
                return EngineCommand.Run(rest);
            case [YarpProxy.Verb, .. string[] rest]:
                await YarpProxy.RunAsync(rest);
                return 0;
            case ["churn", ..]:
                await ChurnProgram.RunAsync(args);
                return 0;
            case ["chaos", .. string[] rest]:
                return await ChaosProgram.RunAsync(rest);
            case ["overload", .. string[] rest]:
                return await OverloadProgram.RunAsync(rest);
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                return 0;
        }
    }
}
