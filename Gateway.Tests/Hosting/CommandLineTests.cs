using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void NothingWritten_AsksForNothing()
    {
        CommandLine line = CommandLine.Parse([]);

        Assert.False(line.Demo || line.Help || line.Version);
        Assert.Empty(line.Engines);
        Assert.Empty(line.ConfigFiles);
        Assert.Empty(line.ConfigurationArguments);
    }

    [Theory]
    [InlineData("--demo", true, false, false)]
    [InlineData("--DEMO", true, false, false)]
    [InlineData("--help", false, true, false)]
    [InlineData("-h", false, true, false)]
    [InlineData("--version", false, false, true)]
    public void Flags_AreRead(string argument, bool demo, bool help, bool version)
    {
        CommandLine line = CommandLine.Parse([argument]);

        Assert.Equal((demo, help, version), (line.Demo, line.Help, line.Version));
        Assert.Empty(line.ConfigurationArguments);
    }

    [Fact]
    public void Demo_DoesNotSwallowTheSwitchAfterIt()
    {
        CommandLine line = CommandLine.Parse(["--demo", "--urls", "http://localhost:1"]);

        Assert.True(line.Demo);
        Assert.Equal(["--urls=http://localhost:1"], line.ConfigurationArguments);
    }

    [Theory]
    [InlineData("http://h:1", "http://h:1", null)]
    [InlineData("http://h:1=vllm", "http://h:1", "vllm")]
    [InlineData("https://[::1]:9=llama.cpp", "https://[::1]:9", "llama.cpp")]
    public void Engine_IsReadInBothSpellings(string value, string url, string? owner)
    {
        var expected = new CommandLineEngine(url, owner);

        Assert.Equal([expected], CommandLine.Parse(["--engine", value]).Engines);
        Assert.Equal([expected], CommandLine.Parse([$"--engine={value}"]).Engines);
    }

    [Fact]
    public void Engines_AndFiles_MayBeRepeated()
    {
        CommandLine line = CommandLine.Parse(["--engine", "http://h:1", "--config", "a.json", "--engine=http://h:2=x", "--config=b=c.json"]);

        Assert.Equal([new CommandLineEngine("http://h:1", null), new CommandLineEngine("http://h:2", "x")], line.Engines);
        Assert.Equal(["a.json", "b=c.json"], line.ConfigFiles);
    }

    [Theory]
    [InlineData("--urls=http://a:1", "--urls=http://a:1")]
    [InlineData("--Gateway:Admin:Token=a=b", "--Gateway:Admin:Token=a=b")]
    [InlineData("--Gateway:Admin:Token=--odd", "--Gateway:Admin:Token=--odd")]
    [InlineData("--Gateway:Admin:Token=", "--Gateway:Admin:Token=")]
    [InlineData("--environment|Development", "--environment=Development")]
    [InlineData("--Gateway:Mappings:0:Priority|-1", "--Gateway:Mappings:0:Priority=-1")]
    public void OtherSwitches_GoOnToConfiguration(string arguments, string expected) =>
        Assert.Equal([expected], CommandLine.Parse(arguments.Split('|')).ConfigurationArguments);

    [Theory]
    [InlineData("serve", "'serve' belongs to no switch; allowed are --demo, --engine URL[=NAME], --config FILE,")]
    [InlineData("--demo|true", "'true' belongs to no switch")]
    [InlineData("-x", "'-x' belongs to no switch")]
    [InlineData("--", "'--' belongs to no switch")]
    [InlineData("--=x", "'--=x' belongs to no switch")]
    [InlineData("--port|9000", "'--port' belongs to no switch")]
    [InlineData("--engines|http://h:1", "'--engines' belongs to no switch")]
    [InlineData("urls=http://a:1", "'urls=http://a:1' belongs to no switch")]
    [InlineData("--demo=yes", "--demo takes no value, but has 'yes'.")]
    [InlineData("--config", "--config has no value; allowed is a JSON file.")]
    [InlineData("--config=", "--config has no value; allowed is a JSON file.")]
    [InlineData("--config|--demo", "--config has no value; allowed is a JSON file.")]
    [InlineData("--engine", "--engine has no value; allowed is http(s)://host[:port]")]
    [InlineData("--engine|h:1", "--engine is 'h:1'; allowed is http(s)://host[:port], with =NAME behind it")]
    [InlineData("--engine|ftp://h", "--engine is 'ftp://h'; allowed is")]
    [InlineData("--engine=http://h:1/v1", "--engine is 'http://h:1/v1'; allowed is")]
    [InlineData("--engine=http://h:1=", "--engine is 'http://h:1='; allowed is")]
    [InlineData("--engine=http://me:secret@h:1", "--engine is '…@h:1'; allowed is")]
    [InlineData("--urls", "--urls has no value; allowed is --KEY VALUE or --KEY=VALUE.")]
    [InlineData("--urls|--demo", "--urls has no value; allowed is --KEY VALUE or --KEY=VALUE.")]
    public void WhatCantBeMeant_StopsTheStartWithOneLine(string arguments, string message)
    {
        var exception = Assert.Throws<ConfigurationException>(() => CommandLine.Parse(arguments.Split('|')));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
