namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>Programs of this machine.</summary>
internal static class InstalledProgram
{
    // Servers are often in sbin, which an ordinary user's path leaves out.
    private static readonly string[] Folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/local/sbin"];

    /// <summary>Its full path; null when it isn't installed.</summary>
    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
