namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Looks for the highest number of streams that is still borne: up in steps until one fails, then between the last two.</summary>
/// <param name="attempt">Tries so many streams and says whether they were borne. Asked again when they were not: on a machine that others use as well, one
/// pause of a few milliseconds spoils a 99th percentile.</param>
internal sealed class SaturationSearch(Func<int, bool> attempt)
{
    // Attempts last about two seconds, so this is the limit of time.
    private const int MostAttempts = 16;
    private const int AttemptsEach = 3;
    private const double Step = 1.3;
    private const double CloseEnough = 1.06;

    private int _attempts;

    /// <param name="borne">A number that is known to be borne.</param>
    /// <param name="expected">Where the limit may be.</param>
    /// <returns>The highest number that was borne.</returns>
    public int Run(int borne, int expected)
    {
        double failed = double.PositiveInfinity;
        double next = Math.Max(borne, expected);
        while (_attempts < MostAttempts && failed / borne > CloseEnough)
        {
            int streams = (int)next;
            if (IsBorne(streams))
                borne = Math.Max(borne, streams);
            else
                failed = streams;
            // Until one has failed there is nothing to be between; while none has been borne near it, the last one known is too far below.
            next = double.IsInfinity(failed) ? streams * Step : Math.Max(Math.Sqrt(borne * failed), failed / Step);
        }

        return borne;
    }

    private bool IsBorne(int streams)
    {
        for (int i = 0; i < AttemptsEach && _attempts < MostAttempts; i++)
        {
            _attempts++;
            if (attempt(streams))
                return true;
        }

        return false;
    }
}
