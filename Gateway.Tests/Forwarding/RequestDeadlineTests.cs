using Gateway.Forwarding;

namespace Gateway.Tests.Forwarding;

public sealed class RequestDeadlineTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();

    [Fact]
    public void SilenceForTheWholePhase_Expires_WithThePhasesCause()
    {
        RequestDeadline deadline = Begun(null, CancellationToken.None);
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);

        _clock.Advance(Idle - TimeSpan.FromTicks(1));
        Assert.False(deadline.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(deadline.IsCancellationRequested);
        Assert.Equal(DeadlineCause.IdleTimeout, deadline.Cause);
    }

    [Fact]
    public void Activity_PutsTheEndOff_HoweverOftenTheTimerFires()
    {
        RequestDeadline deadline = Begun(null, CancellationToken.None);
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);

        for (int i = 0; i < 20; i++)
        {
            _clock.Advance(Idle * 0.9);
            deadline.Touch();
        }

        Assert.False(deadline.IsCancellationRequested);
        _clock.Advance(Idle);
        Assert.Equal(DeadlineCause.IdleTimeout, deadline.Cause);
    }

    [Fact]
    public void ShorterPhase_IsKept_ThoughTheTimerWasSetForALongerOne()
    {
        RequestDeadline deadline = Begun(null, CancellationToken.None);
        deadline.Enter(DeadlineCause.FirstByteTimeout, TimeSpan.FromMinutes(30));
        _clock.Advance(TimeSpan.FromMinutes(29));
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);

        _clock.Advance(Idle);

        Assert.Equal(DeadlineCause.IdleTimeout, deadline.Cause);
    }

    [Fact]
    public void LongerPhase_IsNotCutByTheTimerOfAShorterOne()
    {
        RequestDeadline deadline = Begun(null, CancellationToken.None);
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);
        deadline.Enter(DeadlineCause.FirstByteTimeout, 10 * Idle);

        _clock.Advance(10 * Idle - TimeSpan.FromTicks(1));

        Assert.False(deadline.IsCancellationRequested);
    }

    [Fact]
    public void EndlessPhase_NeverEnds_ButTheTotalDoes()
    {
        RequestDeadline deadline = Begun(TimeSpan.FromHours(1), CancellationToken.None);
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);
        deadline.Enter(DeadlineCause.IdleTimeout, Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(deadline.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(DeadlineCause.TotalTimeout, deadline.Cause);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(60)]
    public void AnotherTotal_CountsFromTheBeginning(int? firstSeconds)
    {
        RequestDeadline deadline = Begun(firstSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(30));

        deadline.LimitTotal(TimeSpan.FromSeconds(90));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(DeadlineCause.None, deadline.Cause);

        deadline.LimitTotal(TimeSpan.FromSeconds(40));
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(DeadlineCause.TotalTimeout, deadline.Cause);
    }

    [Fact]
    public void LeavingClient_Expires_AndOnlyTheFirstCauseCounts()
    {
        using var client = new CancellationTokenSource();
        RequestDeadline deadline = Begun(null, client.Token);
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);

        client.Cancel();
        _clock.Advance(Idle);
        deadline.Expire(DeadlineCause.Shutdown);

        Assert.True(deadline.IsCancellationRequested);
        Assert.Equal(DeadlineCause.ClientLeft, deadline.Cause);
    }

    [Fact]
    public void ReusedDeadline_KnowsNothingOfTheRequestBefore()
    {
        using var client = new CancellationTokenSource();
        RequestDeadline deadline = Begun(null, client.Token);
        deadline.Enter(DeadlineCause.IdleTimeout, Idle);
        Assert.True(deadline.TryEnd());

        client.Cancel();
        deadline.Expire(DeadlineCause.Shutdown);
        deadline.Begin(null, CancellationToken.None);
        deadline.Enter(DeadlineCause.FirstByteTimeout, 3 * Idle);
        _clock.Advance(2 * Idle);

        Assert.False(deadline.IsCancellationRequested);
        Assert.Equal(DeadlineCause.None, deadline.Cause);
        _clock.Advance(Idle);
        Assert.Equal(DeadlineCause.FirstByteTimeout, deadline.Cause);
    }

    [Fact]
    public void ExpiredDeadline_IsNotUsedAgain()
    {
        var deadlines = new RequestDeadlines(_clock);
        RequestDeadline first = deadlines.Rent();
        first.Begin(null, CancellationToken.None);
        deadlines.ExpireAll(DeadlineCause.Shutdown);
        Assert.Equal(DeadlineCause.Shutdown, first.Cause);

        deadlines.Return(first);

        Assert.NotSame(first, deadlines.Rent());
    }

    private RequestDeadline Begun(TimeSpan? total, CancellationToken clientLeft)
    {
        var deadline = new RequestDeadline(_clock);
        deadline.Begin(total, clientLeft);
        return deadline;
    }
}
