using Gateway.Benchmarks.SideBySide;

namespace Gateway.Tests.SideBySide;

public sealed class SideBySideOptionsTests
{
    [Fact]
    public void NoOptions_TheDefaults()
    {
        SideBySideOptions options = SideBySideOptions.Parse([])!;

        Assert.Equal((3, 2.5, 0, null, false), (options.Rounds, options.Seconds, options.Samples, options.Gateway, options.Quota));
        Assert.Empty(options.Only);
    }

    [Fact]
    public void TheQuotaIsASwitch_WhereverItStands()
    {
        SideBySideOptions options = SideBySideOptions.Parse(["--only", "start,churn", "--quota", "--gateway", "artifacts/gateway", "--samples", "200000"])!;

        Assert.True(options.Quota);
        Assert.Equal(["start", "churn"], options.Only);
        Assert.Equal(("artifacts/gateway", 200_000), (options.Gateway, options.Samples));
    }

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--samples", "many")]
    [InlineData("--rounds")]
    [InlineData("--unknown", "1")]
    public void WhatIsNotUnderstood_IsRefused(params string[] args) => Assert.Throws<FormatException>(() => SideBySideOptions.Parse(args));

    [Fact]
    public void Help_IsNoRun() => Assert.Null(SideBySideOptions.Parse(["--quota", "--help"]));
}
