using Gateway.Routing;

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
        Dictionary<string, IReadOnlyList<ServedModel>> heard = [];
        foreach ((string workload, Dictionary<(MappingKey, bool), ServedModel> models) in ByWorkload(served))
        {
            // A guess does not take the place of what an engine once said.
            if (models.Values.All(model => model.IsGuess) && _known.ContainsKey(workload))
                continue;
            heard.Add(workload, [.. models.Values.Select(model => model with { Endpoint = null })]);
        }

        var recalled = new List<ServedModel>();
        foreach ((string workload, IReadOnlyList<ServedModel> models) in _known)
        {
            if (present.Contains(workload) && heard.TryAdd(workload, models))
                recalled.AddRange(models);
        }

        _known = heard;
        return recalled.Count == 0 ? served : [.. served, .. recalled];
    }

    // A workload has hundreds of endpoints that serve the same: one of them says it.
    private static Dictionary<string, Dictionary<(MappingKey Pair, bool IsGuess), ServedModel>> ByWorkload(IReadOnlyList<ServedModel> served)
    {
        var byWorkload = new Dictionary<string, Dictionary<(MappingKey, bool), ServedModel>>();
        foreach (ServedModel model in served)
        {
            foreach (string workload in model.Found?.Workloads ?? [])
            {
                if (!byWorkload.TryGetValue(workload, out Dictionary<(MappingKey, bool), ServedModel>? models))
                    byWorkload.Add(workload, models = []);
                models.TryAdd((model.Pair, model.IsGuess), model);
            }
        }

        return byWorkload;
    }
}
