using Gateway.Discovery;

namespace Gateway.Tests.Discovery;

public sealed class ChangeGathererTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly ManualClock _clock = new();
    private int _due;

    [Fact]
    public void ManySignals_AreOneEvent_NoLaterThanTheFirstOneAllows()
    {
        using ChangeGatherer gatherer = Start();
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual - Moment);
        gatherer.Signal();
        Assert.Equal(0, _due);

        _clock.Advance(Moment);
        Assert.Equal(1, _due);
        _clock.Advance(ChangeGatherer.Usual * 10);
        Assert.Equal(1, _due);
    }

    [Fact]
    public void ASignalAfterTheEvent_IsAnother()
    {
        using ChangeGatherer gatherer = Start();
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual);
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual);

        Assert.Equal(2, _due);
    }

    [Fact]
    public void ASignalWhileTheEventIsHandled_IsNotLost()
    {
        using ChangeGatherer gatherer = Start();
        bool first = true;
        gatherer.Due += () =>
        {
            if (first)
                gatherer.Signal();
            first = false;
        };
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual * 3);

        Assert.Equal(2, _due);
    }

    [Fact]
    public void HandlersThatTakeLong_AreCalledLessOften()
    {
        using ChangeGatherer gatherer = Start();

        // From the 50th millisecond to the 60th, and 49 times that.
        gatherer.Due += () => _clock.PassUnnoticed(TimeSpan.FromMilliseconds(10));
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        gatherer.Signal();
        _clock.Advance(TimeSpan.FromMilliseconds(399));
        Assert.Equal(1, _due);

        _clock.Advance(Moment);
        Assert.Equal(2, _due);
    }

    [Fact]
    public void ASignalAfterTheRest_WaitsNoLongerThanUsual()
    {
        using ChangeGatherer gatherer = Start();
        gatherer.Due += () => _clock.PassUnnoticed(TimeSpan.FromMilliseconds(20));
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual);
        _clock.Advance(TimeSpan.FromSeconds(1));
        gatherer.Signal();
        _clock.Advance(ChangeGatherer.Usual);

        Assert.Equal(2, _due);
    }

    private ChangeGatherer Start()
    {
        var gatherer = new ChangeGatherer(_clock);
        gatherer.Due += () => _due++;
        return gatherer;
    }
}
