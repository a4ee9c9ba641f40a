using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Hosting;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Hosting;

public sealed partial class SimulatedEngineHostTests
{
    private const int Interrupted = 2;
    private const int Terminated = 15;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:9101", "127.0.0.1:9101")]
    [InlineData("http://localhost:9101", "127.0.0.1:9101")]
    [InlineData("http://[::1]:9101", "[::1]:9101")]
    [InlineData("http://0.0.0.0:9101", "0.0.0.0:9101")]
    [InlineData("HTTP://127.0.0.1:9101/", "127.0.0.1:9101")]
    public void Urls_NameTheAddress(string urls, string address) =>
        Assert.Equal(address, SimulatedEngineHost.ReadAddress(CommandLine.Parse(["--urls", urls])).ToString());

    [Theory]
    [InlineData("http://+:9101")]
    [InlineData("http://*:9101")]
    public void PlusAndStar_AreEveryAddress(string urls)
    {
        IPEndPoint address = SimulatedEngineHost.ReadAddress(CommandLine.Parse(["--urls", urls]));

        Assert.True(address.Address.Equals(IPAddress.IPv6Any) || address.Address.Equals(IPAddress.Any));
        Assert.Equal(9101, address.Port);
    }

    [Theory]
    [InlineData("https://+:9101")]
    [InlineData("http://engine.example:9101")]
    [InlineData("http://+:9101;http://+:9102")]
    [InlineData("http://+:9101/v1")]
    [InlineData("http://unix:/run/engine.sock")]
    [InlineData("9101")]
    public void AnAddressThatIsNotOneOfThisMachine_IsRefused(string urls)
    {
        var exception = Assert.Throws<ConfigurationException>(() => SimulatedEngineHost.ReadAddress(CommandLine.Parse(["--urls", urls])));

        Assert.StartsWith($"--urls is '{urls}'; allowed is http://+:PORT", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryAddress_TakesIpv4Connections()
    {
        IPAddress every = SimulatedEngineHost.ReadAddress(CommandLine.Parse(["--urls", "http://+:1"])).Address;
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Address = every, Models = ["m"] }, Cancelled);

        Assert.Equal(["m"], await ModelsAsync(engine.Url.Port));
    }

    [Theory]
    [InlineData(Terminated)]
    [InlineData(Interrupted)]
    public async Task TheProgram_ServesUntilASignal(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are sent with kill(1).");
        if (signal == Interrupted)
            ChildProcess.SkipWhenInterruptIsIgnored();
        using Process program = Start("--simulate-engine", "sglang=a,b", "--urls", "http://+:0");
        try
        {
            string? line = await program.StandardOutput.ReadLineAsync(Cancelled).AsTask().SoonAsync();
            Match said = Announcement().Match(line ?? "");
            Assert.True(said.Success, $"{line} {(line is null ? await program.StandardError.ReadToEndAsync(Cancelled) : "")}");
            Assert.Equal(["a", "b"], await ModelsAsync(int.Parse(said.Groups["port"].Value, null)));

            using (Process kill = Process.Start("kill", [$"-{signal}", $"{program.Id}"]))
                await kill.WaitForExitAsync(Cancelled).SoonAsync();
            await program.WaitForExitAsync(Cancelled).SoonAsync();

            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill();
        }
    }

    [Fact]
    public async Task APortThatIsTaken_EndsTheProgramWithOneLine()
    {
        await using SimulatedEngine first = await SimulatedEngine.StartAsync(new(), Cancelled);
        using Process program = Start("--simulate-engine", "vllm=m", "--urls", first.Url.ToString());

        string said = await program.StandardError.ReadToEndAsync(Cancelled).SoonAsync();
        await program.WaitForExitAsync(Cancelled).SoonAsync();

        Assert.Equal(1, program.ExitCode);
        Assert.StartsWith("--urls can't be listened on: ", said, StringComparison.Ordinal);
        Assert.Single(said.TrimEnd().Split('\n'));
    }

    private static Process Start(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Gateway.dll");
        return Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static async Task<List<string?>> ModelsAsync(int port)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TestTime.Generous };
        string models = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/v1/models"), Cancelled);
        return [.. JsonElement.Parse(models).GetProperty("data").EnumerateArray().Select(card => card.GetProperty("id").GetString())];
    }

    [GeneratedRegex(@"^A simulated sglang serves a, b on http://\S+:(?<port>\d+)/$")]
    private static partial Regex Announcement();
}
