using System.Diagnostics;
using System.Globalization;
using Gateway.Benchmarks.SideBySide.Engine;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>The engines: one process of this program with as many ports as endpoints are wanted.</summary>
internal sealed class EngineFleet : IDisposable
{
    private readonly Process _process;

    private EngineFleet(Process process, IReadOnlyList<Uri> urls)
    {
        _process = process;
        Urls = urls;
    }

    public IReadOnlyList<Uri> Urls { get; }

    public int ProcessId => _process.Id;

    public static async Task<EngineFleet> StartAsync(int endpoints, CancellationToken cancellationToken)
    {
        string[] arguments = [EngineCommand.Verb, endpoints.ToString(CultureInfo.InvariantCulture), Processor.OfLoad.ToString(CultureInfo.InvariantCulture)];
        string program = Environment.ProcessPath!;
        // Started by `dotnet Gateway.Benchmarks.dll`, the program is the host and wants the assembly.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            arguments = [typeof(EngineFleet).Assembly.Location, .. arguments];

        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // On one processor the compiler's own delay would keep the engine slow for minutes.
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        Process process = Process.Start(start)!;
        try
        {
            string ports = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The engines have not started.");
            return new EngineFleet(process, [.. ports.Split(' ').Select(port => new Uri($"http://127.0.0.1:{port}"))]);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
