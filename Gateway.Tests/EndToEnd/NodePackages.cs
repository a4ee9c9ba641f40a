using System.Diagnostics;

namespace Gateway.Tests.EndToEnd;

/// <summary>Puts the packages of a lock file in place, once for all test runs that share the sources.</summary>
internal static class NodePackages
{
    private static readonly string Npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";

    // Held by one at a time, and gone with its holder.
    private static readonly FileStreamOptions Turn = new()
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        Options = FileOptions.DeleteOnClose,
    };

    /// <returns>Why the packages are not there; null when they are.</returns>
    public static async Task<string?> InstallAsync(string folder)
    {
        if (IsInstalled(folder))
            return null;

        try
        {
            using FileStream turn = await TakeTurnAsync(Path.Combine(folder, ".installing"));
            string? problem = IsInstalled(folder) ? null : await RunNpmAsync(folder);
            return problem is null ? null : $"The client libraries for Node.js are not installed: {problem}";
        }
        catch (Exception failed) when (failed is TimeoutException or IOException or UnauthorizedAccessException)
        {
            // A network that swallows packets, or sources that are read-only.
            return $"The client libraries for Node.js are not installed, and can't be now: {failed.Message}";
        }
    }

    // npm writes its own copy of the lock file at the end of an installation.
    private static bool IsInstalled(string folder)
    {
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        return installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"));
    }

    /// <summary>Two test runs at once, of two configurations for instance, must not install over one another.</summary>
    private static async Task<FileStream> TakeTurnAsync(string path)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, Turn);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(begun) < TestTime.Generous)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    private static async Task<string?> RunNpmAsync(string folder)
    {
        await using ChildProcess? npm = ChildProcess.TryStart(Npm, ["ci", "--prefer-offline", "--fetch-retries=0"], folder);
        if (npm is null)
            return "npm is not on the PATH.";
        if (await npm.ExitAsync() == 0)
            return null;
        return npm.Errors.FirstOrDefault(line => line.StartsWith("npm error", StringComparison.Ordinal)) ?? npm.Said;
    }
}
