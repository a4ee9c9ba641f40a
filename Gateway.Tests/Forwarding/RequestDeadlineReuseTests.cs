using Gateway.Forwarding;

namespace Gateway.Tests.Forwarding;

public sealed class RequestDeadlineReuseTests
{
    private const int Rounds = 1_000_000;

    [Fact]
    public async Task TimerOfOneRequest_NeverStrikesTheNext()
    {
        var clock = new OneTimerClock();
        RequestDeadline deadline = null!;
        int struck = 0;
        int reused = 0;
        using var together = new Barrier(2);

        // The timer fires at the very moment at which the request ends and the next one begins.
        Task firing = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                    clock.Fire();
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (int i = 0; i < Rounds; i++)
        {
            deadline = new RequestDeadline(clock);
            deadline.Begin(null, CancellationToken.None);
            deadline.Enter(DeadlineCause.IdleTimeout, TimeSpan.Zero);
            together.SignalAndWait(TestContext.Current.CancellationToken);
            Thread.SpinWait(i % 20);
            bool serves = deadline.TryEnd();
            if (serves)
                deadline.Begin(null, CancellationToken.None);
            together.SignalAndWait(TestContext.Current.CancellationToken);
            reused += serves ? 1 : 0;
            struck += serves && deadline.IsCancellationRequested ? 1 : 0;
        }

        await firing;
        Assert.Equal(0, struck);
        Assert.InRange(reused, 1, Rounds);
    }

    private sealed class OneTimerClock : TimeProvider
    {
        private Action _callback = () => { };

        public void Fire() => _callback();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
