using System.Diagnostics;
using System.Net.Sockets;

namespace Gateway.Benchmarks.SideBySide.Contenders;

internal static class Contenders
{
    public static IReadOnlyList<IContender> All { get; } = [new Direct(), new Haproxy(), new GatewayItself()];
    public static IReadOnlyList<IContender> OnRequest { get; } = [];

    private sealed class Running(Uri url, Process? process) : IRunningContender
    {
        public Uri Url => url;
        public IReadOnlyList<int> ProcessIds => process is null ? [] : [process.Id];
        public ValueTask DisposeAsync()
        {
            process?.Kill(true);
            process?.WaitForExit();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Direct : IContender
    {
        public string Name => "direct";
        public IReadOnlySet<string> LeftOut => new HashSet<string>();
        public string? Missing() => null;
        public Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken) =>
            Task.FromResult<IRunningContender>(new Running(setup.Engines[0], null));
    }

    private static int FreePort()
    {
        var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return port;
    }

    private static async Task<IRunningContender> Start(string[] command, int port, string path, CancellationToken ct)
    {
        var start = new ProcessStartInfo("taskset", ["-c", "0", .. command]) { RedirectStandardOutput = false };
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        Process process = Process.Start(start)!;
        var url = new Uri($"http://127.0.0.1:{port}");
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                if ((await client.GetStringAsync(new Uri(url, path), ct)).Contains(BenchmarkModel.Name))
                    return new Running(url, process);
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(20, ct);
        }
    }

    private sealed class Haproxy : IContender
    {
        public string Name => "haproxy-tcp";
        public IReadOnlySet<string> LeftOut => new HashSet<string>();
        public string? Missing() => null;
        public async Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
        {
            int port = FreePort();
            string file = Path.Combine(setup.WorkFolder, "haproxy.cfg");
            await File.WriteAllTextAsync(file, $"global\n  nbthread 1\n  maxconn 9800\n\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 600s\n  timeout server 600s\nlisten l\n  bind 127.0.0.1:{port}\n" +
                string.Concat(setup.Engines.Select((e, i) => $"  server s{i} 127.0.0.1:{e.Port}\n")), cancellationToken);
            return await Start(["haproxy", "-f", file], port, "/v1/models", cancellationToken);
        }
    }

    private sealed class GatewayItself : IContender
    {
        public string Name => "gateway";
        public IReadOnlySet<string> LeftOut => new HashSet<string>();
        public string? Missing() => null;
        public Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
        {
            int port = FreePort();
            string dll = Path.GetFullPath("Gateway/bin/Release/net10.0/Gateway.dll");
            return Start(["dotnet", dll, "--urls", $"http://127.0.0.1:{port}", "--Gateway:State:Path=" + Path.Combine(setup.WorkFolder, "r.json"), .. setup.Engines.SelectMany(e => new[] { "--engine", e.GetLeftPart(UriPartial.Authority) })], port, "/v1/models", cancellationToken);
        }
    }
}
