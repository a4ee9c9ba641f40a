using Gateway.Hosting;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Hosting;

public sealed class GatewayConfigurationTests : IDisposable
{
    // A key of nobody's: environment variables are seen by every test of this process.
    private const string Key = "HostingTests:Value";
    private const string Variable = "HostingTests__Value";
    private const string HostVariable = "ASPNETCORE_HostingTests__Value";

    private readonly string _program = Directory.CreateTempSubdirectory().FullName;
    private readonly string _working = Directory.CreateTempSubdirectory().FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(HostVariable, null);
        Directory.Delete(_program, recursive: true);
        Directory.Delete(_working, recursive: true);
    }

    [Fact]
    public void LaterSources_OutrankEarlierOnes()
    {
        string? Value(params string[] arguments) => Build(arguments)[Key];

        Assert.Null(Value());
        Environment.SetEnvironmentVariable(HostVariable, "host variable");
        Assert.Equal("host variable", Value());
        Write(_program, "appsettings.json", "program");
        Assert.Equal("program", Value());
        Write(_working, "appsettings.json", "working");
        Assert.Equal("working", Value());
        Write(_program, "appsettings.Staging.json", "program, environment");
        Assert.Equal("program, environment", Value());
        Write(_working, "appsettings.Staging.json", "working, environment");
        Assert.Equal("working, environment", Value());
        Write(_working, "first.json", "first file");
        Assert.Equal("first file", Value("--config", "first.json"));
        Write(_working, ".second.json", "second file");
        Assert.Equal("second file", Value("--config", "first.json", "--config", Path.Combine(_working, ".second.json")));
        Environment.SetEnvironmentVariable(Variable, "variable");
        Assert.Equal("variable", Value("--config", "first.json"));
        Assert.Equal("command line", Value("--config", "first.json", $"--{Key}", "command line"));
    }

    [Fact]
    public void EnginesOfTheCommandLine_AreAddedToConfiguredOnes()
    {
        File.WriteAllText(Path.Combine(_working, "more.json"), """{"Gateway":{"Engines":[{"Url":"http://a:1"},{"Url":"http://b:1","OwnedBy":"x"}]}}""");

        GatewayOptions options = GatewayOptionsReader.Read(Build("--engine", "http://c:1=vllm", "--config", "more.json", "--engine=http://d:1"));

        Assert.Equal(
            [("http://a:1", null), ("http://b:1", "x"), ("http://c:1", "vllm"), ("http://d:1", null)],
            options.Engines.Select(engine => (engine.Url, engine.OwnedBy)));
    }

    [Theory]
    [InlineData(null, null, GatewayConfiguration.DefaultAddress)]
    [InlineData("urls", "http://localhost:9", "http://localhost:9")]
    [InlineData("urls", "", GatewayConfiguration.DefaultAddress)]
    [InlineData("http_ports", "8080", null)]
    [InlineData("https_ports", "8443", null)]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://localhost:9", null)]
    public void TheDefaultAddress_GivesWayToAnyOther(string? key, string? value, string? urls)
    {
        using var configuration = new ConfigurationManager();
        if (key is not null)
            configuration[key] = value;

        GatewayConfiguration.AddDefaultAddress(configuration);

        Assert.Equal(urls, configuration["urls"]);
    }

    [Fact]
    public void AMissingConfigFile_IsNamed()
    {
        var exception = Assert.Throws<ConfigurationException>(() => Build("--config", "none.json"));

        Assert.Equal($"--config is '{Path.Combine(_working, "none.json")}', which does not exist; allowed is a JSON file.", exception.Message);
    }

    [Theory]
    [InlineData("{\n  \"Gateway\": {", "it is not valid JSON at line 2")]
    [InlineData("", "it is not valid JSON at line 1")]
    [InlineData("[]", "array")]
    public void AConfigFileThatIsNotJson_IsNamed(string text, string reason)
    {
        string path = Path.Combine(_working, "broken.json");
        File.WriteAllText(path, text);

        var exception = Assert.Throws<ConfigurationException>(() => Build("--config", "broken.json"));

        Assert.StartsWith($"{path} can't be used: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("allowed is one JSON object.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void ABrokenAppsettings_IsNamedToo()
    {
        string path = Path.Combine(_program, "appsettings.json");
        File.WriteAllText(path, "{");

        Assert.StartsWith(path, Assert.Throws<ConfigurationException>(() => Build()).Message, StringComparison.Ordinal);
    }

    private static void Write(string directory, string file, string value) =>
        File.WriteAllText(Path.Combine(directory, file), $$"""{ "HostingTests": { "Value": "{{value}}" } }""");

    private ConfigurationManager Build(params string[] arguments)
    {
        var configuration = new ConfigurationManager();
        GatewayConfiguration.AddSources(configuration, CommandLine.Parse(arguments), "Staging", _program, _working);
        return configuration;
    }
}
