using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;

namespace Gateway.Hosting;

/// <summary>Where the configuration comes from, and what outranks what.</summary>
internal static class GatewayConfiguration
{
    public const string DefaultAddress = "http://localhost:8000";

    /// <summary>The later source outranks the earlier one.</summary>
    /// <param name="configuration">Empty, or with the host's own entries.</param>
    /// <param name="commandLine">The arguments.</param>
    /// <param name="environment">The host environment's name, which picks <c>appsettings.{environment}.json</c>.</param>
    /// <param name="programDirectory">Holds the <c>appsettings.json</c> that came with the program.</param>
    /// <param name="workingDirectory">Holds the user's own one, and relative paths start here.</param>
    /// <exception cref="ConfigurationException">A file is missing or is not JSON.</exception>
    public static void AddSources(
        ConfigurationManager configuration, CommandLine commandLine, string environment, string programDirectory, string workingDirectory)
    {
        AddHostVariables(configuration);
        foreach (string name in (string[])["appsettings.json", $"appsettings.{environment}.json"])
        {
            AddFile(configuration, Path.Combine(programDirectory, name), optional: true);
            if (!SameDirectory(programDirectory, workingDirectory))
                AddFile(configuration, Path.Combine(workingDirectory, name), optional: true);
        }

        foreach (string file in commandLine.ConfigFiles)
            AddFile(configuration, Path.GetFullPath(file, workingDirectory), optional: false);
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine([.. commandLine.ConfigurationArguments]);
        AddEngines(configuration, commandLine.Engines);
        AddDefaultAddress(configuration);
    }

    /// <summary><c>ASPNETCORE_URLS</c> becomes the key <c>urls</c>, and so on; in the order of ASP.NET Core's own builders.</summary>
    public static void AddHostVariables(IConfigurationBuilder configuration) =>
        configuration.AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables("DOTNET_");

    internal static void AddDefaultAddress(ConfigurationManager configuration)
    {
        string[] addressKeys = ["urls", "http_ports", "https_ports"];
        bool isGiven = addressKeys.Any(key => !string.IsNullOrEmpty(configuration[key]))
            || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (!isGiven)
            configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("urls", DefaultAddress)]);
    }

    private static void AddEngines(ConfigurationManager configuration, IReadOnlyList<CommandLineEngine> engines)
    {
        // Named, not numbered: a number could meet one of a file, now or after a reload, and take that engine's place.
        var entries = new Dictionary<string, string?>();
        for (int i = 0; i < engines.Count; i++)
        {
            string key = $"{GatewayOptions.SectionName}:{nameof(GatewayOptions.Engines)}:command-line-{i + 1}";
            entries[$"{key}:Url"] = engines[i].Url;
            if (engines[i].OwnedBy is { } owner)
                entries[$"{key}:OwnedBy"] = owner;
        }

        configuration.AddInMemoryCollection(entries);
    }

    private static void AddFile(ConfigurationManager configuration, string path, bool optional)
    {
        if (!File.Exists(path))
        {
            if (!optional)
                throw new ConfigurationException($"--config is '{path}', which does not exist; allowed is a JSON file.");
            if (!Directory.Exists(Path.GetDirectoryName(path)))
                return;
        }

        try
        {
            ((IConfigurationBuilder)configuration).Add(new JsonConfigurationSource
            {
                // The default provider does not see files whose name begins with a dot.
                FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(path)!, ExclusionFilters.None),
                Path = Path.GetFileName(path),
                Optional = optional,

                // ConfigurationFileWatcher does this, and says why.
                ReloadOnChange = false,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ConfigurationException($"{path} can't be used: {Reason(exception)}; allowed is one JSON object.");
        }
    }

    /// <summary>Why a file can't be read, in a few words.</summary>
    internal static string Reason(Exception exception)
    {
        Exception cause = exception.GetBaseException();
        return cause is JsonException { LineNumber: { } line }
            ? string.Create(null, $"it is not valid JSON at line {line + 1}")
            : cause.Message.TrimEnd('.');
    }

    private static bool SameDirectory(string left, string right) =>
        Path.TrimEndingDirectorySeparator(Path.GetFullPath(left)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(right));
}
