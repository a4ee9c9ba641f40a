namespace Gateway.Tests.EndToEnd;

/// <summary>How long tests wait for what must happen.</summary>
internal static class TestTime
{
    /// <summary>So long that only something that will never happen takes it, also on a busy machine.</summary>
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    /// <summary>Waits until the condition holds, which nothing announces.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Generous);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited in vain: {what}");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>
    /// Moves the clock of a simulated engine until the condition holds: again and again, as some may begin to wait only after the first time.
    /// </summary>
    public static Task AdvanceUntilAsync(this ManualClock clock, Func<bool> condition, string what) => UntilAsync(
        () =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return condition();
        },
        what);

    public static Task<T> SoonAsync<T>(this Task<T> task) => task.WaitAsync(Generous, TestContext.Current.CancellationToken);

    public static Task SoonAsync(this Task task) => task.WaitAsync(Generous, TestContext.Current.CancellationToken);
}
