using Gateway.Hosting;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Hosting;

public sealed class ConfigurationFileWatcherTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly ConfigurationManager _configuration = new();
    private readonly ManualClock _clock = new();
    private readonly LogLines<ConfigurationFileWatcher> _log = new();
    private int _reloads;

    private string FilePath => Path.Combine(_directory, "gateway.json");

    private string? Value => _configuration["Value"];

    public void Dispose()
    {
        _configuration.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task AChangedFile_IsReadOnceItHasSettled()
    {
        Write("1");
        using ConfigurationFileWatcher watcher = await Watch();

        Look();
        Assert.Equal(0, _reloads);
        Write("22");
        Look();
        Write("333");
        Look();
        Assert.Equal("1", Value);

        Look();
        Assert.Equal("333", Value);
        Look();
        Assert.Equal(1, _reloads);
    }

    [Fact]
    public async Task AFileThatCantBeRead_LeavesWhatItSaidBefore()
    {
        Write("1");
        using ConfigurationFileWatcher watcher = await Watch();

        File.WriteAllText(FilePath, "{ \"Value\":\n");
        Settle();
        Assert.Equal("1", Value);
        Assert.Equal([$"{FilePath} has changed, but can't be read; what it said before stays in force: it is not valid JSON at line 2"], _log.Lines);

        File.Delete(FilePath);
        Settle();
        Assert.Equal("1", Value);
        Assert.Equal(2, _log.Lines.Length);
        Assert.Equal(0, _reloads);

        Write("22");
        Settle();
        Assert.Equal("22", Value);
    }

    [Fact]
    public async Task AnAppsettingsThatComesLater_IsRead()
    {
        Write("1");
        using ConfigurationFileWatcher watcher = await Watch();

        File.WriteAllText(Path.Combine(_directory, "appsettings.json"), """{ "Other": "new" }""");
        Settle();

        Assert.Equal("new", _configuration["Other"]);
    }

    [Fact]
    public async Task AMountedConfigMap_IsReadAfterItsDirectoryIsSwapped()
    {
        // As the kubelet does it: gateway.json -> ..data/gateway.json, and ..data -> a directory with the time in its name.
        string Version(string name, string value)
        {
            string directory = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
            File.WriteAllText(Path.Combine(directory, "gateway.json"), Json(value));
            return directory;
        }

        string data = Path.Combine(_directory, "..data");
        Directory.CreateSymbolicLink(data, Version("..2026_01", "1"));
        File.CreateSymbolicLink(FilePath, Path.Combine("..data", "gateway.json"));
        using ConfigurationFileWatcher watcher = await Watch();
        Assert.Equal("1", Value);

        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, Version("..2026_02", "22"));
        Settle();

        Assert.Equal("22", Value);
    }

    private static string Json(string value) => $$"""{ "Value": "{{value}}" }""";

    private void Write(string value) => File.WriteAllText(FilePath, Json(value));

    private void Look() => _clock.Advance(ConfigurationFileWatcher.Interval);

    private void Settle()
    {
        Look();
        Look();
    }

    private async Task<ConfigurationFileWatcher> Watch()
    {
        CommandLine commandLine = CommandLine.Parse(["--config", FilePath]);
        GatewayConfiguration.AddSources(_configuration, commandLine, "Production", _directory, _directory);
        Microsoft.Extensions.Primitives.ChangeToken.OnChange(((IConfiguration)_configuration).GetReloadToken, () => _reloads++);
        var watcher = new ConfigurationFileWatcher(_configuration, _clock, _log);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        return watcher;
    }
}
