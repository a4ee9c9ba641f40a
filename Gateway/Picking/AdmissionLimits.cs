namespace Gateway.Picking;

/// <summary>How many requests of one route may run and wait. Immutable: a reload of the configuration puts another one in its place.</summary>
/// <param name="MaxInFlight">Requests that run at once; at least 1.</param>
/// <param name="MaxQueue">Requests that wait; 0 refuses at once what can't run.</param>
/// <param name="QueueTimeout">How long one may wait.</param>
internal sealed record AdmissionLimits(int MaxInFlight, int MaxQueue, TimeSpan QueueTimeout);
