using System.ComponentModel.DataAnnotations;
using Gateway.Picking;

namespace Gateway.Forwarding;

/// <summary>How many bytes of requests the process holds, and how many requests a route, and an endpoint, has at once.</summary>
internal sealed class LimitsOptions
{
    private const long MiB = 1024 * 1024;

    /// <summary>Largest request body, in bytes; a larger one is answered 413.</summary>
    [Range(1, long.MaxValue)]
    public long MaxRequestBodyBytes { get; init; } = 64 * MiB;

    /// <summary>Largest body, in bytes, that is kept until the answer begins, so that it can be sent again to another endpoint.</summary>
    [Range(0, long.MaxValue)]
    public long ReplayBytes { get; init; } = MiB;

    /// <summary>All request bytes held in the process; over it requests are answered 503.</summary>
    [Range(1, long.MaxValue)]
    public long BufferedBytes { get; init; } = Math.Min(256 * MiB, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>Requests of one route that may run at once; no limit when left out.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxInFlight { get; init; }

    /// <summary>Requests that one endpoint may have at once, of whatever route; no limit when left out.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxInFlightPerEndpoint { get; init; }

    /// <summary>Requests of one route that may wait for a place; others are answered 429 at once.</summary>
    [Range(0, int.MaxValue)]
    public int MaxQueue { get; init; }

    /// <summary>How long one may wait; longer is answered 429. Zero or less is refused.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public AdmissionLimits? Admission => MaxInFlight is null && MaxInFlightPerEndpoint is null
        ? null
        : new AdmissionLimits(MaxInFlight ?? AdmissionLimits.None, MaxQueue, QueueTimeout, MaxInFlightPerEndpoint ?? AdmissionLimits.None);
}
