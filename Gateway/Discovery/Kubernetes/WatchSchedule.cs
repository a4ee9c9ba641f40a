namespace Gateway.Discovery.Kubernetes;

/// <summary>When a watch is begun, ended and tried again. Everything is jittered, so that a fleet of gateways does not ask in step.</summary>
internal static class WatchSchedule
{
    /// <summary>A watch that has lasted this long was a good one, even if there was nothing to tell.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.8);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>From one full list to the next. It finds whatever the watch has lost without knowing.</summary>
    public static TimeSpan UntilNextList() => Between(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));

    /// <summary>What the API server is asked to close a watch after, if nothing else ends it before.</summary>
    public static TimeSpan ServerTimeout() => Between(TimeSpan.FromSeconds(240), TimeSpan.FromSeconds(600));

    /// <param name="failures">In a row, at least one.</param>
    public static TimeSpan PauseAfter(int failures)
    {
        TimeSpan doubled = ShortestPause * Math.Pow(2, Math.Min(failures, 10));
        return Between(ShortestPause, doubled < LongestPause ? doubled : LongestPause);
    }

    /// <summary>A role is given by hand: soon enough for who has just given it, seldom enough for one that never comes.</summary>
    public static TimeSpan PauseWhileForbidden() => Between(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));

    /// <summary>A kind is installed once in a cluster's life, or never.</summary>
    public static TimeSpan PauseWhileMissing() => Between(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));

    private static TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * Random.Shared.NextDouble());
}
