using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Benchmarks.SideBySide.Contenders;
using Gateway.Benchmarks.SideBySide.Processes;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>Asks machine, repository and peers what a report must say of them.</summary>
internal static class RunSurvey
{
    public static async Task<RunDescription> CollectAsync(GatewayBuild gateway, string? quota, CancellationToken cancellationToken) => new(
        DateTimeOffset.UtcNow,
        await CommitAsync(cancellationToken),
        ProcessorName() ?? RuntimeInformation.OSArchitecture.ToString(),
        // Not the runtime's own count: this program may be pinned.
        File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)),
        $"{RuntimeInformation.OSDescription}, Linux {(await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancellationToken)).Trim()}",
        File.Exists("/.dockerenv") || File.Exists("/run/.containerenv") || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null,
        RuntimeInformation.FrameworkDescription,
        Collectors(gateway),
        gateway.Describe(),
        quota,
        await PeersAsync(cancellationToken));

    private static async Task<string> CommitAsync(CancellationToken ct)
    {
        string commit = await FirstLineAsync("git", ["rev-parse", "HEAD"], ct) ?? "unknown";
        return await FirstLineAsync("git", ["status", "--porcelain", "--untracked-files=no"], ct) is null ? commit : $"{commit} with changes";
    }

    private static async Task<IReadOnlyDictionary<string, string>> PeersAsync(CancellationToken ct)
    {
        var peers = new Dictionary<string, string>
        {
            ["YARP"] = typeof(IHttpForwarder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        };
        Add("HAProxy", await FirstLineAsync("haproxy", ["-v"], ct));
        Add("nginx", await FirstLineAsync("nginx", ["-v"], ct));
        Add("njs", await FirstLineAsync("dpkg-query", ["-W", "-f", "${Version}", "libnginx-mod-http-js"], ct));
        return peers;

        // "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - …", "nginx version: nginx/1.22.1"
        void Add(string name, string? line)
        {
            if (line?.Split(' ', '/').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0])) is { } version)
                peers[name] = version;
        }
    }

    private static string Collectors(GatewayBuild gateway)
    {
        using JsonDocument settings = JsonDocument.Parse(File.ReadAllBytes(gateway.RuntimeSettings));
        JsonElement properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        // On one processor the runtime takes the workstation collector whatever is asked for.
        return (Flag("System.GC.Server", false) ? "server asked for (workstation on one processor)" : "workstation")
            + (Flag("System.GC.Concurrent", true) ? ", concurrent" : ", not concurrent");

        bool Flag(string name, bool otherwise) => properties.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : otherwise;
    }

    private static string? ProcessorName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();

    // nginx tells its version on the error stream. Null when it says nothing, fails or isn't installed.
    private static async Task<string?> FirstLineAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        if (InstalledProgram.Find(program) is not { } path)
            return null;
        using Process process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        string text = output.Length > 0 ? output : await errors;
        return process.ExitCode == 0 && text.Length > 0 ? text.Split('\n')[0] : null;
    }
}
