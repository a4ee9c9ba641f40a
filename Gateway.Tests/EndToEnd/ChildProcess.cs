using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.Tests.EndToEnd;

/// <summary>Another program, started by a test and gone with it. Its lines are kept as they come.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // The same on Linux and macOS.
    private const int Interrupt = 2;
    private const int Terminate = 15;

    // What the shell of a developer or of a build may have set, and what would make the child another one than the test means.
    private static readonly string[] NotInherited =
        ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "DOTNET_URLS", "Gateway__", "Kestrel__", "Logging__", "URLS"];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    public bool HasExited => _process.HasExited;

    /// <returns>Null when there is no such program on this machine.</returns>
    public static ChildProcess? TryStart(string program, IEnumerable<string> arguments, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (string name in start.Environment.Keys.ToList())
        {
            if (NotInherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                start.Environment.Remove(name);
        }

        try
        {
            return new ChildProcess(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Waits for the first line on standard output that fits; fails when the process ends without it.</summary>
    public async Task<string> OutputLineAsync(Func<string, bool> fits, string what)
    {
        string? line = null;
        await TestTime.UntilAsync(
            () =>
            {
                // Looked at before the lines: once it has exited and been waited for, no line can follow.
                bool ended = _process.HasExited;
                if (ended)
                    _process.WaitForExit();
                line = _output.FirstOrDefault(fits);
                return line is not null || ended;
            },
            what);
        return line ?? throw new InvalidOperationException($"The process ended without {what}. It said: {Said}");
    }

    /// <summary>Waits for the end, all lines included.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).SoonAsync();
        return _process.ExitCode;
    }

    public string Said => string.Join(Environment.NewLine, _output.Concat(_errors));

    /// <summary>SIGKILL, on everything that the process has started too.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>
    /// A shell starts its background jobs with SIGINT ignored; that is inherited, and .NET leaves it so, as it should: such a child can't be interrupted.
    /// </summary>
    public static void SkipWhenInterruptIsIgnored()
    {
        const string Ignored = "SigIgn:";
        if (!File.Exists("/proc/self/status"))
            return;
        string mask = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..];
        Assert.SkipWhen(
            (Convert.ToUInt64(mask.Trim(), 16) & (1UL << (Interrupt - 1))) != 0, "The tests run as a background job of a shell, where SIGINT is ignored.");
    }

    /// <summary>SIGTERM, as from Kubernetes or systemd.</summary>
    public void SendTerminate() => Assert.Equal(0, SendSignal(_process.Id, Terminate));

    /// <summary>SIGINT, as from Ctrl-C.</summary>
    public void SendInterrupt() => Assert.Equal(0, SendSignal(_process.Id, Interrupt));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
