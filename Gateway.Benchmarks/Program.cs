using BenchmarkDotNet.Running;

namespace Gateway.Benchmarks;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        if (args is ["churn", ..])
            await Churn.ChurnProgram.RunAsync(args);
        else
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}
