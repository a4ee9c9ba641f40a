namespace Gateway.Picking;

/// <summary>
/// How many requests of one route may run and wait, and how many an endpoint may have. Immutable: a reload of the configuration puts another one
/// in its place.
/// </summary>
/// <param name="MaxInFlight">Requests of a route that run at once; at least 1.</param>
/// <param name="MaxQueue">Requests of a route that wait; 0 refuses at once what can't run.</param>
/// <param name="QueueTimeout">How long one may wait.</param>
/// <param name="MaxInFlightPerEndpoint">Requests that one endpoint has at once, of whatever route; at least 1.</param>
internal sealed record AdmissionLimits(
    int MaxInFlight, int MaxQueue, TimeSpan QueueTimeout, int MaxInFlightPerEndpoint = AdmissionLimits.None)
{
    /// <summary>In place of a number: no limit.</summary>
    public const int None = int.MaxValue;
}
