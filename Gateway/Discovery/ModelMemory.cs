namespace Gateway.Discovery;

/// <summary>
/// Remembers what a workload served while none of its endpoints says so, as between the last pod of a Deployment and the next one: a request
/// is then told to come again, not that there is no such model. Not safe for several threads.
/// </summary>
internal sealed class ModelMemory
{
    private Dictionary<string, IReadOnlyList<ServedModel>> _known = [];

    /// <param name="served">What the endpoints serve now.</param>
    /// <param name="present">The workloads that there are now; all others are forgotten.</param>
    /// <returns>The same, and what is only known.</returns>
    public IReadOnlyList<ServedModel> Complete(IReadOnlyList<ServedModel> served, IReadOnlySet<string> present)
    {
        var heard = new Dictionary<string, IReadOnlyList<ServedModel>>();
        var byWorkload =
            from model in served
            from workload in model.Found?.Workloads ?? []
            group model by workload;
        foreach (IGrouping<string, ServedModel> models in byWorkload)
        {
            // A guess does not take the place of what an engine once said.
            if (models.All(model => model.IsGuess) && _known.ContainsKey(models.Key))
                continue;
            heard.Add(models.Key, [.. models.Select(model => model with { Endpoint = null })]);
        }

        var recalled = new List<ServedModel>();
        foreach ((string workload, IReadOnlyList<ServedModel> models) in _known)
        {
            if (present.Contains(workload) && heard.TryAdd(workload, models))
                recalled.AddRange(models);
        }

        _known = heard;
        return [.. served, .. recalled];
    }
}
