namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>All marks that this benchmark can judge. Where HAProxy routes, it is measured against as it routes; else as it copies.</summary>
internal static class Marks
{
    private const string Yarp = "yarp";
    private const string Json = "haproxy-json";
    private const string Tcp = "haproxy-tcp";

    // What the gateway may hold of bodies by default, and what the rest of a process may take beside them.
    private const double BufferedAndProcessMegabytes = 256 + 150;

    public static IReadOnlyList<Mark> All { get; } =
    [
        .. Musts("token events a second on one core", "saturation-streams", Figure.TokensPerSecond, (2, Yarp), (0.7, Json)),
        Aim("token events a second on one core", "saturation-streams", Figure.TokensPerSecond, 1, Json),
        Must("the same: time added between tokens", "saturation-streams", Figure.AddedP99, 5_000),
        .. Musts("paced streams, CPU per token", "paced-streams", Figure.CpuPerToken, (0.55, Yarp), (1.5, Json)),
        Aim("paced streams, CPU per token", "paced-streams", Figure.CpuPerToken, 1.1, Json),
        .. Musts("chat of 1 KB, CPU per request", "chat-1kb", Figure.CpuPerRequest, (0.6, Yarp), (1.6, Json)),
        Aim("chat of 1 KB, CPU per request", "chat-1kb", Figure.CpuPerRequest, 1, Json),
        .. Musts("64 KB, routing members first", "chat-64kb-first", Figure.CpuPerRequest, (1, Yarp), (1.4, Json)),
        Aim("64 KB, routing members first", "chat-64kb-first", Figure.CpuPerRequest, 1, Json),
        Must("64 KB, routing members last", "chat-64kb-last", Figure.CpuPerRequest, 1.7, Json),
        Aim("64 KB, routing members last", "chat-64kb-last", Figure.CpuPerRequest, 1, Json),
        .. Musts("4 MB, routing members last", "body-4mb-last", Figure.CpuPerRequest, (0.4, Yarp), (2.5, Tcp)),
        Aim("4 MB, routing members last", "body-4mb-last", Figure.CpuPerRequest, 1.5, Tcp),
        Must("growth with the body, CPU per MB", "body-*", Figure.CpuPerMegabyte, 2.5, Tcp),
        Aim("growth with the body, CPU per MB", "body-*", Figure.CpuPerMegabyte, 1.5, Tcp),
        Must("growth with the body, time", "body-*", Figure.P50, 2.5, Tcp),
        Aim("growth with the body, time", "body-*", Figure.P50, 1.5, Tcp),
        Must("first token at half load, time added", "first-token-half-load", Figure.AddedP50, 1.5, Json),
        Must("first token at half load, time added", "first-token-half-load", Figure.AddedP99, 2_000),
        Must("first token at half load, time added", "first-token-half-load", Figure.AddedP999, 10_000),
        Aim("first token at half load, time added", "first-token-half-load", Figure.AddedP50, 1, Json),
        Aim("first token at half load, time added", "first-token-half-load", Figure.AddedP99, 1, Json),
        Aim("first token at half load, time added", "first-token-half-load", Figure.AddedP999, 1, Json),
        Must("first token of a 220 KB prompt, time added", "prompt-220kb-*", Figure.AddedP50, 2, Tcp),
        Aim("first token of a 220 KB prompt, time added", "prompt-220kb-*", Figure.AddedP50, 1.2, Tcp),
        Must("memory per idle stream", "idle-*", Figure.MemoryPerStream, 0.6, Yarp),
        Aim("memory per idle stream", "idle-*", Figure.MemoryPerStream, 10),
        Must("peak memory, 100 bodies of 16 MB", "bodies-16mb-100", Figure.PeakMemory, BufferedAndProcessMegabytes),
        Must("peak memory, 10,000 streams", "idle-10000", Figure.PeakMemory, 512),
        Must("memory after start", "start", Figure.IdleMemory, 80),
        Aim("memory after start", "start", Figure.IdleMemory, 50),
        Must("start to first answer", "start", Figure.StartTime, 700),
        Aim("start to first answer", "start", Figure.StartTime, 300),
    ];

    private static IEnumerable<Mark> Musts(string work, string scenario, Figure figure, params (double Bound, string Reference)[] rules) =>
        rules.Select(rule => Must(work, scenario, figure, rule.Bound, rule.Reference));

    private static Mark Must(string work, string scenario, Figure figure, double bound, string? reference = null) =>
        new(work, IsMust: true, scenario, figure, bound, reference);

    private static Mark Aim(string work, string scenario, Figure figure, double bound, string? reference = null) =>
        new(work, IsMust: false, scenario, figure, bound, reference);
}
