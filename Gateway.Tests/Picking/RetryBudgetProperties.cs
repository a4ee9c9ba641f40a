using CsCheck;
using Gateway.Picking;

namespace Gateway.Tests.Picking;

public sealed class RetryBudgetProperties
{
    private const int Least = RetryBudget.LeastPerSecond * RetryBudget.Window;

    private static readonly Gen<(int Requests, int Retries, int Milliseconds)> Step = Gen.Select(
        Gen.Frequency((3, Gen.Int[0, 20]), (1, Gen.Int[0, 2_000])),
        Gen.Frequency((3, Gen.Int[0, 10]), (1, Gen.Int[0, 500])),
        Gen.Frequency((4, Gen.Int[0, 1_500]), (1, Gen.Int[0, 30_000])));

    [Fact]
    public void ARetry_IsGrantedExactlyWhileTheWindowHasRoomForIt() => Step.List[0, 60].Sample(steps =>
    {
        var clock = new ManualClock();
        var budget = new RetryBudget(clock);
        List<long> requests = [];
        List<long> retries = [];
        foreach ((int sent, int again, int milliseconds) in steps)
        {
            long now = clock.GetTimestamp() / TimeSpan.TicksPerSecond;
            for (int i = 0; i < sent; i++)
                budget.CountRequest();
            requests.AddRange(Enumerable.Repeat(now, sent));
            double allowed = Math.Max(Least, RetryBudget.Share * InWindow(requests, now));
            for (int i = 0; i < again; i++)
            {
                bool granted = budget.TryTake();
                Assert.Equal(InWindow(retries, now) + 1 <= allowed, granted);
                if (granted)
                    retries.Add(now);
            }

            clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }
    });

    [Fact]
    public void ThreeASecond_AreAlwaysGranted()
    {
        var clock = new ManualClock();
        var budget = new RetryBudget(clock);
        for (int second = 0; second < 100; second++)
        {
            for (int i = 0; i < RetryBudget.LeastPerSecond; i++)
                Assert.True(budget.TryTake());
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    public async Task ManyThreads_NeverGetMoreThanThereIs(int requestsOfEach)
    {
        const int Threads = 4;
        var budget = new RetryBudget(new ManualClock());
        int granted = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < requestsOfEach; i++)
                budget.CountRequest();
            for (int i = 0; i < 10_000; i++)
            {
                if (budget.TryTake())
                    Interlocked.Increment(ref granted);
            }
        })));

        double allowed = Math.Max(Least, RetryBudget.Share * requestsOfEach * Threads);
        Assert.InRange(granted, 1, allowed);

        // What was taken back is there again for the next.
        while (budget.TryTake())
            granted++;
        Assert.Equal(allowed, granted);
    }

    private static int InWindow(List<long> seconds, long now) => seconds.Count(second => second > now - RetryBudget.Window);
}
