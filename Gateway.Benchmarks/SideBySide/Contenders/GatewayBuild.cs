using System.Reflection.PortableExecutable;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>The gateway that is measured: the one this program was built with, or a published one.</summary>
/// <param name="Assembly">Its file.</param>
internal sealed record GatewayBuild(string Assembly)
{
    private const string FileName = "Gateway.dll";

    /// <summary>The file of its runtime settings: its collector's and whatever else its build says.</summary>
    public string RuntimeSettings => Path.ChangeExtension(Assembly, ".runtimeconfig.json");

    /// <param name="folder">Where it was published to; null for the one beside this program.</param>
    /// <exception cref="FormatException">There is none.</exception>
    public static GatewayBuild Find(string? folder)
    {
        // Contenders are started in folders of their own.
        var build = new GatewayBuild(Path.GetFullPath(Path.Combine(folder ?? AppContext.BaseDirectory, FileName)));
        return File.Exists(build.Assembly) && File.Exists(build.RuntimeSettings)
            ? build
            : throw new FormatException($"There is no gateway at {build.Assembly}: dotnet cake --target=Publish puts one into artifacts/gateway.");
    }

    /// <summary>Whether it brings machine code, or is compiled as it runs.</summary>
    public string Describe()
    {
        using var file = new PEReader(File.OpenRead(Assembly));
        return file.PEHeaders.CorHeader?.ManagedNativeHeaderDirectory.Size > 0 ? "compiled ahead of time (ReadyToRun)" : "compiled as it runs";
    }
}
