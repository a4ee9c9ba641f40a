namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>The runtime under the contenders that are .NET: the same, with the same settings, for all of them.</summary>
internal static class DotnetProgram
{
    /// <summary>Lets a socket's thread run what waits for it, in the client's half of a proxy; the gateway decides for itself whether it wants that.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const string GatewayAssembly = "Gateway.dll";

    /// <summary>Without it hot code stays unoptimised for minutes under steady load on one core, at three times its cost.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_TC_CallCountingDelayMs"] = "0",
    };

    /// <summary>The gateway, beside this program or where its own build puts it; null when it has not been built.</summary>
    public static string? FindGateway()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, GatewayAssembly);
        if (File.Exists(Path.ChangeExtension(beside, ".runtimeconfig.json")))
            return beside;

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string built = Path.Combine(folder.FullName, "Gateway/bin/Release/net10.0", GatewayAssembly);
            if (File.Exists(built))
                return built;
        }

        return null;
    }

    public static string? Missing() =>
        FindGateway() is null ? "the gateway has not been built: dotnet build Gateway -c Release" : null;

    /// <summary>A verb of this program, under the gateway's runtime settings: those of its collector and whatever else its build says.</summary>
    public static IReadOnlyList<string> Verb(params IEnumerable<string> arguments)
    {
        string assembly = typeof(Program).Assembly.Location;
        return
        [
            "dotnet", "exec", "--runtimeconfig", Path.ChangeExtension(FindGateway()!, ".runtimeconfig.json"),
            "--depsfile", Path.ChangeExtension(assembly, ".deps.json"), assembly, .. arguments,
        ];
    }
}
