using Gateway.Benchmarks.SideBySide.Scenarios;

namespace Gateway.Tests.SideBySide;

public sealed class SaturationSearchTests
{
    private const int MostAttempts = 16;

    [Theory]
    [InlineData(64)]
    [InlineData(250)]
    [InlineData(300)]
    [InlineData(320)]
    [InlineData(400)]
    public void WhereverItBegins_TheLimitIsFoundWithinAFewHundredths(int expected)
    {
        const int Limit = 300;

        int found = new SaturationSearch(streams => streams <= Limit).Run(borne: 64, expected);

        Assert.InRange(found, Limit / 1.06, Limit);
    }

    [Fact]
    public void AnAttemptThatWasDisturbed_DoesNotEndTheSearch()
    {
        const int Limit = 150;
        var attempts = new Dictionary<int, int>();

        int found = new SaturationSearch(streams => (attempts[streams] = attempts.GetValueOrDefault(streams) + 1) == 2 && streams <= Limit).Run(borne: 64, expected: 100);

        Assert.InRange(found, Limit / 1.1, Limit);
    }

    [Fact]
    public void NothingIsBorne_ItEndsWithWhatIsKnown()
    {
        int attempts = 0;

        int found = new SaturationSearch(_ => ++attempts < 0).Run(borne: 64, expected: 10_000);

        Assert.Equal(64, found);
        Assert.InRange(attempts, 1, MostAttempts);
    }

    [Fact]
    public void EverythingIsBorne_ItEnds()
    {
        int attempts = 0;

        new SaturationSearch(_ => ++attempts > 0).Run(borne: 64, expected: 64);

        Assert.Equal(MostAttempts, attempts);
    }
}
