using BenchmarkDotNet.Running;
using Gateway.Benchmarks.SideBySide;
using Gateway.Benchmarks.SideBySide.Engine;

namespace Gateway.Benchmarks;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [SideBySideCommand.Verb, .. string[] rest]:
                return await SideBySideCommand.RunAsync(rest);
            case [EngineCommand.Verb, .. string[] rest]:
                return EngineCommand.Run(rest);
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                return 0;
        }
    }
}
