namespace Gateway.Benchmarks.SideBySide;

/// <summary>Something that is measured; lower is better unless it says otherwise.</summary>
/// <param name="Name">As it stands in the JSON: lower case, underscores, unit last.</param>
/// <param name="Title">As it stands in tables.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="HigherIsBetter">True for rates.</param>
internal sealed record Figure(string Name, string Title, string Unit, bool HigherIsBetter = false)
{
    public static readonly Figure CpuPerRequest = new("cpu_per_request_us", "CPU per request", "µs");
    public static readonly Figure CpuPerToken = new("cpu_per_token_us", "CPU per token", "µs");
    public static readonly Figure CpuPerMegabyte = new("cpu_per_megabyte_us", "CPU per MB", "µs");
    public static readonly Figure RequestsPerSecond = new("requests_per_second", "requests a second", "1/s", HigherIsBetter: true);
    public static readonly Figure TokensPerSecond = new("tokens_per_second", "token events a second", "1/s", HigherIsBetter: true);
    public static readonly Figure AddedP50 = new("added_p50_us", "time added, p50", "µs");
    public static readonly Figure AddedP99 = new("added_p99_us", "time added, p99", "µs");
    public static readonly Figure AddedP999 = new("added_p999_us", "time added, p99.9", "µs");
    public static readonly Figure P50 = new("p50_us", "time, p50", "µs");
    public static readonly Figure P99 = new("p99_us", "time, p99", "µs");
    public static readonly Figure P999 = new("p999_us", "time, p99.9", "µs");
    public static readonly Figure MemoryPerStream = new("memory_per_stream_kb", "memory per stream", "KB");
    public static readonly Figure PeakMemory = new("peak_memory_mb", "peak memory", "MB");
    public static readonly Figure IdleMemory = new("idle_memory_mb", "memory when idle", "MB");
    public static readonly Figure StartTime = new("start_ms", "start to first answer", "ms");

    public static readonly Figure Refused = new("refused", "refused with 503", "");
    public static readonly Figure Samples = new("samples", "samples", "", HigherIsBetter: true);
    public static readonly Figure Busy = new("busy_percent", "contender's processor busy", "%");

    // Under a quota only.
    public static readonly Figure ThrottledPeriods = new("throttled_periods", "periods throttled", "");
    public static readonly Figure ThrottledTime = new("throttled_ms", "time throttled", "ms");
    public static readonly Figure MemoryKills = new("memory_kills", "killed for memory", "");

    public static readonly Figure LoadCpuPerRequest = new("load_cpu_per_request_us", "CPU of client and engine per request", "µs");
    public static readonly Figure LoadCpuPerToken = new("load_cpu_per_token_us", "CPU of client and engine per token", "µs");

    public static readonly IReadOnlyList<Figure> All =
    [
        CpuPerRequest, CpuPerToken, CpuPerMegabyte, RequestsPerSecond, TokensPerSecond, AddedP50, AddedP99, AddedP999, P50, P99, P999,
        MemoryPerStream, PeakMemory, IdleMemory, StartTime, Refused, Samples, Busy, ThrottledPeriods, ThrottledTime, MemoryKills,
        LoadCpuPerRequest, LoadCpuPerToken,
    ];
}
