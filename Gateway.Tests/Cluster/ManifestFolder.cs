using System.Collections.Concurrent;
using System.Diagnostics;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>The repository's <c>manifests</c>, and what kubectl makes of them.</summary>
internal static class ManifestFolder
{
    public const string OneFile = "llmd-api-gateway.yaml";

    /// <summary>The base with every component, which is no folder of its own.</summary>
    public const string WithComponents = "base and every component";

    public static readonly string Root = Find();

    /// <summary>Null when it is not on the PATH.</summary>
    public static readonly string? Kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl"))
        .FirstOrDefault(File.Exists);

    // One start of kubectl takes longer than all tests of what it builds.
    private static readonly ConcurrentDictionary<string, Task<string>> Built = new();

    /// <summary>Everything that can be applied as a whole.</summary>
    public static IEnumerable<string> Sources =>
        [OneFile, "base", WithComponents, .. Below("overlays").Select(overlay => $"overlays/{overlay}")];

    public static IEnumerable<string> Components => Below("components");

    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<ManifestObjects> LoadAsync(string source) => ManifestObjects.Parse(await ReadAsync(source));

    /// <summary>Reads a file, or lets kustomize build a folder; skips the test where that takes a kubectl that is not there.</summary>
    public static async Task<string> ReadAsync(string source)
    {
        if (source == OneFile)
            return await File.ReadAllTextAsync(Path.Combine(Root, source), TestContext.Current.CancellationToken);

        Assert.SkipWhen(Kubectl is null, $"kubectl is not on the PATH, and builds {source}; the one file and the raw files are tested without it.");
        return await Built.GetOrAdd(
            source, static folder => folder == WithComponents ? BuildWithComponentsAsync() : BuildAsync(Path.Combine(Root, folder))).SoonAsync();
    }

    private static async Task<string> BuildWithComponentsAsync()
    {
        // kustomize takes what it includes by relative path only.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-manifests-");
        try
        {
            foreach (string file in Directory.EnumerateFiles(Root, "*.yaml", SearchOption.AllDirectories))
            {
                string copy = Path.Combine(folder.FullName, Path.GetRelativePath(Root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            string components = string.Join(", ", Components.Select(component => $"components/{component}"));
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "kustomization.yaml"),
                $"namespace: llm-d-multi-model\nresources: [base]\ncomponents: [{components}]\n",
                CancellationToken.None);
            return await BuildAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> BuildAsync(string folder)
    {
        using Process kustomize = Process.Start(new ProcessStartInfo(Kubectl!, ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = kustomize.StandardError.ReadToEndAsync(CancellationToken.None);
        string built = await kustomize.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await kustomize.WaitForExitAsync(CancellationToken.None);
        Assert.True(kustomize.ExitCode == 0, $"kubectl kustomize {folder}: {await error}");

        // kustomize warns on this stream of what it will not understand in its next version.
        Assert.Equal("", await error);
        return built;
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateDirectories(Path.Combine(Root, folder)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
                return Path.Combine(folder.FullName, "manifests");
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Gateway.sln, and manifests beside it.");
    }
}
