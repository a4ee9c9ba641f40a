using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

public sealed class SimulatedEngineArgumentTests
{
    [Theory]
    [InlineData("--simulate-engine|vllm=m", "vllm", "m")]
    [InlineData("--simulate-engine=vllm=m", "vllm", "m")]
    [InlineData("--SIMULATE-ENGINE|sglang=a/b,c=d", "sglang", "a/b|c=d")]
    [InlineData("--urls|http://+:1|--simulate-engine|vllm=m", "vllm", "m")]
    public void OwnerAndModels_AreRead(string arguments, string owner, string models)
    {
        SimulatedEngineArgument? engine = CommandLine.Parse(arguments.Split('|')).SimulatedEngine;

        Assert.NotNull(engine);
        Assert.Equal(owner, engine.OwnedBy);
        Assert.Equal(models.Split('|'), engine.Models);
    }

    [Fact]
    public void NotAskedFor_IsNull() => Assert.Null(CommandLine.Parse(["--demo"]).SimulatedEngine);

    [Theory]
    [InlineData("--simulate-engine", "--simulate-engine has no value; allowed is OWNER=MODEL[,MODEL…], for example vllm=")]
    [InlineData("--simulate-engine|vllm", "--simulate-engine is 'vllm'; allowed is OWNER=MODEL[,MODEL…]")]
    [InlineData("--simulate-engine|=m", "--simulate-engine is '=m'; allowed is")]
    [InlineData("--simulate-engine|vllm=", "--simulate-engine is 'vllm='; allowed is")]
    [InlineData("--simulate-engine|vllm=a,", "--simulate-engine is 'vllm=a,'; allowed is")]
    [InlineData("--simulate-engine|vllm=a|--simulate-engine|vllm=b", "--simulate-engine is given again as 'vllm=b'; allowed is one engine")]
    [InlineData("--simulate-engine|vllm=a|--demo", "--simulate-engine starts no gateway; allowed beside it is --urls and nothing else.")]
    [InlineData("--simulate-engine|vllm=a|--engine|http://h:1", "--simulate-engine starts no gateway;")]
    [InlineData("--simulate-engine|vllm=a|--config|a.json", "--simulate-engine starts no gateway;")]
    [InlineData("--simulate-engine|vllm=a|--Gateway:Retry:Connect=1", "--simulate-engine starts no gateway;")]
    public void WhatCantBeMeant_StopsTheStart(string arguments, string message)
    {
        var exception = Assert.Throws<ConfigurationException>(() => CommandLine.Parse(arguments.Split('|')));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }
}
