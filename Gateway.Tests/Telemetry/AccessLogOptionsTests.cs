using Gateway.Hosting;
using Gateway.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Telemetry;

public sealed class AccessLogOptionsTests
{
    [Fact]
    public void WithoutConfiguration_NothingIsWritten()
    {
        Assert.False(Read().Enabled);
        Assert.Null(Read().Path);
    }

    [Fact]
    public void AFileInAFolderThatExists_IsTaken() =>
        Assert.Equal("access.log", Read(("Enabled", "true"), ("Path", "access.log")).Path);

    [Theory]
    [InlineData("/no/such/folder/access.log")]
    [InlineData("/")]
    public void AnyOtherPath_IsRefused(string path)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(("Path", path)));

        Assert.Equal($"Gateway:AccessLog:Path is '{path}'; allowed is a file in a folder that exists.", refused.Message);
    }

    private static AccessLogOptions Read(params (string Key, string Value)[] entries) => GatewayOptionsReader.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(entries.Select(entry => KeyValuePair.Create<string, string?>($"Gateway:AccessLog:{entry.Key}", entry.Value)))
        .Build()).AccessLog;
}
