namespace Gateway.Benchmarks.SideBySide.ControlGroups;

/// <summary>What a quota has done to a group since it was made.</summary>
/// <param name="ThrottledPeriods">How many periods of the quota ended with processes that had to wait for the next one.</param>
/// <param name="Throttled">How long they waited, all processors together.</param>
/// <param name="Kills">Processes that were ended because the memory was used up.</param>
internal readonly record struct QuotaUse(long ThrottledPeriods, TimeSpan Throttled, long Kills)
{
    public void AddTo(Dictionary<string, double> figures, QuotaUse before)
    {
        figures.TryAdd(Figure.ThrottledPeriods.Name, ThrottledPeriods - before.ThrottledPeriods);
        figures.TryAdd(Figure.ThrottledTime.Name, (Throttled - before.Throttled).TotalMilliseconds);
        figures.TryAdd(Figure.MemoryKills.Name, Kills - before.Kills);
    }
}
