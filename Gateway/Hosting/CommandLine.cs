using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>
/// What the user wrote after the program's name. The gateway's own switches are taken out here, before ASP.NET Core's provider sees the
/// rest: it would take <c>--urls</c> for the value of <c>--demo</c>, and keep only the last <c>--engine</c>.
/// </summary>
/// <param name="Demo">Start simulated engines.</param>
/// <param name="Help">Print <see cref="HelpText"/> and end.</param>
/// <param name="Version">Print the version and end.</param>
/// <param name="Engines">The servers to put the gateway in front of, besides configured ones.</param>
/// <param name="SimulatedEngine">Be one simulated engine instead of the gateway; null when not asked for.</param>
/// <param name="ConfigFiles">Further JSON files, as written; a later one outranks an earlier one.</param>
/// <param name="ConfigurationArguments">Everything else, each as <c>--key=value</c>.</param>
internal sealed record CommandLine(
    bool Demo,
    bool Help,
    bool Version,
    IReadOnlyList<CommandLineEngine> Engines,
    SimulatedEngineArgument? SimulatedEngine,
    IReadOnlyList<string> ConfigFiles,
    IReadOnlyList<string> ConfigurationArguments)
{
    public const string HelpText = """
        An HTTP gateway for LLM inference: routes OpenAI-API requests by model and engine.

          --demo                  start simulated engines inside the process and route to them
          --engine URL[=NAME]     route to a running server; NAME overrides the engine it says it is; may be repeated
          --config FILE           read one more JSON file; may be repeated
          --urls URLS             listen here, separated by semicolons (default: http://localhost:8000)
          --simulate-engine OWNER=MODEL[,MODEL]
                                  be one simulated engine at the address of --urls, and no gateway
          --KEY=VALUE             set any configuration key, for example --Gateway:Routing:Picker=round-robin
          --version               print the version
          --help, -h              print this text

        Configuration is read from appsettings.json, the --config files, the environment (Gateway__Routing__Picker) and the command line;
        the later outranks the earlier.
        """;

    private const string Switches =
        "--demo, --engine URL[=NAME], --config FILE, --simulate-engine OWNER=MODEL[,MODEL], --help, --version, or a configuration key as --KEY VALUE or --KEY=VALUE";

    private static readonly string[] HostKeys = ["urls", "http_ports", "https_ports", HostDefaults.EnvironmentKey, "AllowedHosts"];

    private const string EngineForm = "http(s)://host[:port], with =NAME behind it to name the engine";

    /// <exception cref="ConfigurationException">A word belongs to no switch, or a switch lacks its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        bool demo = false, help = false, version = false;
        SimulatedEngineArgument? simulatedEngine = null;
        var engines = new List<CommandLineEngine>();
        var configFiles = new List<string>();
        var others = new List<string>();

        for (int i = 0; i < arguments.Count; i++)
        {
            (string name, string? value) = Split(arguments[i]);
            switch (name.ToLowerInvariant())
            {
                case "--demo":
                    demo = Flag(name, value);
                    break;
                case "--help" or "-h":
                    help = Flag(name, value);
                    break;
                case "--version":
                    version = Flag(name, value);
                    break;
                case "--engine":
                    engines.Add(ReadEngine(value ?? Next(arguments, ref i, EngineForm)));
                    break;
                case "--simulate-engine":
                    string engine = value ?? Next(arguments, ref i, SimulatedEngineArgument.Form);
                    simulatedEngine = simulatedEngine is null
                        ? SimulatedEngineArgument.Parse(engine)
                        : throw new ConfigurationException($"--simulate-engine is given again as '{engine}'; allowed is one engine in a process.");
                    break;
                case "--config":
                    configFiles.Add(NotEmpty(name, value ?? Next(arguments, ref i, "a JSON file"), "a JSON file"));
                    break;
                case { Length: > 2 } when IsConfigurationKey(name):
                    others.Add($"{name}={value ?? Next(arguments, ref i, "--KEY VALUE or --KEY=VALUE")}");
                    break;
                default:
                    throw new ConfigurationException($"'{arguments[i]}' belongs to no switch; allowed are {Switches}.");
            }
        }

        if (simulatedEngine is not null && (demo || engines.Count + configFiles.Count > 0 || others.Any(other => !IsUrls(other))))
            throw new ConfigurationException("--simulate-engine starts no gateway; allowed beside it is --urls and nothing else.");
        return new CommandLine(demo, help, version, engines, simulatedEngine, configFiles, others);
    }

    // A key without a section is one of the host's own; anything else would be taken in and do nothing, as a mistyped switch.
    private static bool IsConfigurationKey(string name) =>
        name.StartsWith("--", StringComparison.Ordinal)
        && (name.Contains(':') || HostKeys.Contains(name[2..], StringComparer.OrdinalIgnoreCase));

    private static bool IsUrls(string configurationArgument) => configurationArgument.StartsWith("--urls=", StringComparison.OrdinalIgnoreCase);

    private static (string Name, string? Value) Split(string argument)
    {
        int equals = argument.IndexOf('=');
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static bool Flag(string name, string? value) =>
        value is null ? true : throw new ConfigurationException($"{name} takes no value, but has '{value}'.");

    private static string Next(IReadOnlyList<string> arguments, ref int i, string allowed)
    {
        // A switch is never meant as a value; one that begins like a switch can still be written with '='.
        if (i + 1 == arguments.Count || arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
            throw new ConfigurationException($"{arguments[i]} has no value; allowed is {allowed}.");
        return arguments[++i];
    }

    private static string NotEmpty(string name, string value, string allowed) =>
        value.Length > 0 ? value : throw new ConfigurationException($"{name} has no value; allowed is {allowed}.");

    private static CommandLineEngine ReadEngine(string value)
    {
        // The URL of an engine has no query, hence no '=' of its own.
        int equals = value.LastIndexOf('=');
        string url = equals < 0 ? value : value[..equals];
        string? owner = equals < 0 ? null : value[(equals + 1)..];
        if (!EndpointAddress.TryParse(url, http2: false, out _) || owner is "")
            throw ConfigurationException.Value("--engine", EngineRules.WithoutUserInformation(value), EngineForm);
        return new CommandLineEngine(url, owner);
    }
}

/// <param name="Url"><c>http(s)://host[:port]</c>.</param>
/// <param name="OwnedBy">The engine's name, when the user gave one.</param>
internal sealed record CommandLineEngine(string Url, string? OwnedBy);
