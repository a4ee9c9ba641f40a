namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>The runtime under the contenders that are .NET: the same, with the same settings, for all of them.</summary>
internal static class DotnetProgram
{
    /// <summary>Lets a socket's thread run what waits for it, in the client's half of a proxy; the gateway decides for itself whether it wants that.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// By default hot code stays unoptimised for minutes under steady load on one core, at three times its cost; without any delay the compiler
    /// competes with the start. The manifests set the same.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_TC_CallCountingDelayMs"] = "1",
    };

    /// <summary>A verb of this program, under the gateway's runtime settings.</summary>
    public static IReadOnlyList<string> Verb(GatewayBuild gateway, params IEnumerable<string> arguments)
    {
        string assembly = typeof(Program).Assembly.Location;
        return
        [
            "dotnet", "exec", "--runtimeconfig", gateway.RuntimeSettings,
            "--depsfile", Path.ChangeExtension(assembly, ".deps.json"), assembly, .. arguments,
        ];
    }
}
