namespace Gateway.Tests.EndToEnd;

/// <summary>The repository that the tests were built from, for what is not copied beside them.</summary>
internal static class SourceTree
{
    /// <summary>The folder of Gateway.sln; null when the tests run elsewhere.</summary>
    public static string? Root { get; } = Find();

    private static string? Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
