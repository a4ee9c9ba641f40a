using System.ComponentModel.DataAnnotations;

namespace Gateway.Forwarding;

/// <summary>How many bytes of requests the process holds.</summary>
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
}
