using Gateway.Picking;

namespace Gateway.Tests.Picking;

/// <summary>What <see cref="AdmissionQueue"/> does, as plainly as it can be said, for one thread.</summary>
internal sealed class PlainQueue
{
    public required AdmissionLimits Limits { get; set; }

    public int Running { get; private set; }

    public List<(int Id, DateTimeOffset Until)> Waiting { get; } = [];

    /// <summary>Those that have ended to wait.</summary>
    public Dictionary<int, AdmissionOutcome> Outcomes { get; } = [];

    public void Enter(int id, DateTimeOffset now)
    {
        Waiting.Add((id, now + Limits.QueueTimeout));
        Admit();
        if (Waiting.Count > Limits.MaxQueue && Waiting[^1].Id == id)
            End(id, AdmissionOutcome.QueueFull);
    }

    public void Leave()
    {
        Running--;
        Admit();
    }

    public void ClientLeaves(int id)
    {
        if (!Outcomes.ContainsKey(id))
            End(id, AdmissionOutcome.ClientLeft);
    }

    public void Expire(DateTimeOffset now)
    {
        foreach ((int id, _) in Waiting.Where(waiting => waiting.Until <= now).ToArray())
            End(id, AdmissionOutcome.QueueTimeExpired);
    }

    public void Admit()
    {
        while (Waiting.Count > 0 && Running < Limits.MaxInFlight)
        {
            Running++;
            End(Waiting[0].Id, AdmissionOutcome.Admitted);
        }
    }

    private void End(int id, AdmissionOutcome outcome)
    {
        Waiting.RemoveAll(waiting => waiting.Id == id);
        Outcomes.Add(id, outcome);
    }
}
