using Gateway.Telemetry;

namespace Gateway.Hosting;

/// <summary>What must hold for <c>Gateway:AccessLog</c> beyond the type of each value.</summary>
internal static class AccessLogRules
{
    /// <exception cref="ConfigurationException">There is no folder for the file.</exception>
    public static void Check(IConfigurationSection section, AccessLogOptions accessLog)
    {
        if (accessLog.Path is not { } path)
            return;
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full) || !Directory.Exists(Path.GetDirectoryName(full)))
            throw ConfigurationException.Value($"{section.Path}:{nameof(accessLog.Path)}", path, "a file in a folder that exists");
    }
}
