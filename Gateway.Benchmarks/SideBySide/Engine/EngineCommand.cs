using System.Globalization;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Engine;

/// <summary>The hidden verb of the engines' process: <c>bench-engine ENDPOINTS CPU</c>. Prints the ports and serves until its input ends, which is when its parent does.</summary>
internal static class EngineCommand
{
    public const string Verb = "bench-engine";

    public static int Run(string[] args)
    {
        int endpoints = int.Parse(args[0], CultureInfo.InvariantCulture);
        Processor.Pin(int.Parse(args[1], CultureInfo.InvariantCulture));
        FileLimit.Raise();

        using var loop = new EventLoop();
        var ports = new List<int>(endpoints);
        for (int i = 0; i < endpoints; i++)
        {
            int listener = SocketCalls.Listen(out int port);
            loop.Add(listener, new EngineListener(loop, listener));
            ports.Add(port);
        }

        using var parentGone = new CancellationTokenSource();
        new Thread(() => WaitForEndOfInput(parentGone)) { IsBackground = true }.Start();
        Console.WriteLine(string.Join(' ', ports));
        while (!parentGone.IsCancellationRequested)
            loop.RunOnce(MonotonicClock.Now + MonotonicClock.Second);
        return 0;
    }

    private static void WaitForEndOfInput(CancellationTokenSource parentGone)
    {
        while (Console.In.Read() >= 0)
        {
            // Nothing is said to an engine.
        }

        parentGone.Cancel();
    }
}
