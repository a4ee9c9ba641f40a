using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>Runs a line as a user does who has pasted it into a terminal.</summary>
internal static class Shell
{
    /// <summary>Skips the test that asks, where there is no shell or no curl.</summary>
    public static async Task RequireCurlAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The lines to paste are written for a POSIX shell.");
        await using ChildProcess? curl = ChildProcess.TryStart("curl", ["--version"]);
        Assert.SkipWhen(curl is null, "curl is not on the PATH.");
        await curl!.ExitAsync();
    }

    public static async Task<string> RunAsync(string line)
    {
        await using ChildProcess shell = ChildProcess.TryStart("/bin/sh", ["-c", line])!;
        int exitCode = await shell.ExitAsync();
        Assert.True(exitCode == 0, $"'{line}' ended with {exitCode}: {shell.Said}");
        return string.Join('\n', shell.Output);
    }

    public static async Task<JsonElement> RunForJsonAsync(string line) => JsonElement.Parse(await RunAsync(line));
}
