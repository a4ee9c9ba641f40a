namespace Gateway.Picking;

/// <summary>How it stands with the places of a route, and what a request would get that asked for one now.</summary>
/// <param name="Limits">In force.</param>
/// <param name="InFlight">Requests that run.</param>
/// <param name="Waiting">Requests that wait.</param>
/// <param name="Outcome">Null when it would have to wait.</param>
internal sealed record AdmissionForecast(AdmissionLimits Limits, int InFlight, int Waiting, AdmissionOutcome? Outcome);
