namespace Gateway.Discovery;

/// <summary>When an engine is probed next.</summary>
internal static class ProbeSchedule
{
    /// <summary>
    /// An engine that answers is asked for news of its models at this pace, jittered so that a fleet of gateways does not ask in step.
    /// </summary>
    public static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    private const double Jitter = 0.2;

    /// <summary>While it may come any moment. Also the shortest time between two probes, whatever wakes the loop.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    /// <summary>One that has been silent for long still has to be back within 10 s of answering again: this and a time-out stay below that.</summary>
    public static readonly TimeSpan Patient = TimeSpan.FromSeconds(5);

    private const int QuickTries = 10;

    /// <param name="failures">Probes that failed in a row, up to now.</param>
    /// <param name="untilTrial">For an ejected endpoint: when a probe may bring it back.</param>
    public static TimeSpan After(int failures, TimeSpan? untilTrial)
    {
        TimeSpan usual = failures switch
        {
            0 => Steady * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble())),
            <= QuickTries => Quick,
            _ => Patient,
        };
        return untilTrial < usual ? TimeSpan.FromTicks(Math.Max(untilTrial.Value.Ticks, Quick.Ticks)) : usual;
    }
}
