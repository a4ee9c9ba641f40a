using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Everything that is measured, the headlines first.</summary>
internal static class AllScenarios
{
    private const int Kilobyte = 1024;
    private const int Megabyte = 1024 * Kilobyte;

    public static IReadOnlyList<Scenario> List { get; } =
    [
        new SaturationScenario("saturation-streams", "token events a second on one core, a token each 5 ms a stream"),
        new StreamScenario("paced-streams", "64 streams, a token each 5 ms", 64, Behaviour.Stream(tokens: 200, gapMicroseconds: 5_000, burst: 1)),
        new ChatScenario("chat-1kb", "chat, 1 KB, 32 connections", Kilobyte, Connections: 32),
        new ChatScenario("chat-64kb-first", "chat, 64 KB, routing members first, 16 connections", 64 * Kilobyte, Connections: 16),
        new ChatScenario("chat-64kb-last", "chat, 64 KB, routing members last, 16 connections", 64 * Kilobyte, Connections: 16) { ModelFirst = false },
        new ChatScenario("body-4mb-last", "chat, 4 MB, routing members last, 4 connections", 4 * Megabyte, Connections: 4) { ModelFirst = false },
        new FirstTokenScenario("first-token-half-load", "time added to the first token at half a core's load"),
        new OpenScenario("open-500", "chat, 1 KB, 500 requests a second at random times", Rate: 500),
        .. Prompts(20, 60, 100, 150),
        new StreamScenario("fast-streams", "16 streams, tokens as fast as they go", 16, Behaviour.Stream(tokens: 2_000, gapMicroseconds: 0, burst: 1)),
        new IdleStreamsScenario("idle-2000", "2,000 streams that wait", 2_000, Stalled: 0),
        new IdleStreamsScenario("idle-10000", "10,000 streams, a tenth of the clients don't read", 10_000, Stalled: 1_000),
        new BodiesAtOnceScenario("bodies-16mb-100", "100 bodies of 16 MB at once, routing members last", 16 * Megabyte, AtOnce: 100),
        new StartScenario("start", "start to first answer, and memory when idle"),
        .. Growth(("1kb", Kilobyte), ("16kb", 16 * Kilobyte), ("64kb", 64 * Kilobyte), ("256kb", 256 * Kilobyte), ("1mb", Megabyte), ("4mb", 4 * Megabyte), ("16mb", 16 * Megabyte)),
        new ChatScenario("churn", "chat, 1 KB, a connection for each request, 32 at once", Kilobyte, Connections: 32) { Churns = true },
        .. Fleets(1, 10, 100, 1_000),
        .. Headers(10, 50),
    ];

    private static IEnumerable<Scenario> Prompts(params int[] numbers) => numbers.Select(number =>
        new PromptScenario($"prompt-220kb-{number}", $"first token of a prompt of 220 KB, {number} at once", 220 * Kilobyte, number));

    private static IEnumerable<Scenario> Growth(params (string Name, int Size)[] sizes) => sizes.Select(size =>
        new ChatScenario($"body-growth-{size.Name}", $"bodies of {size.Name}, routing members last, 4 connections", size.Size, Connections: 4)
        {
            ModelFirst = false,
            Headline = Figure.CpuPerMegabyte,
        });

    private static IEnumerable<Scenario> Fleets(params int[] numbers) => numbers.Select(number =>
        new ChatScenario($"endpoints-{number}", $"chat, 1 KB, endpoints: {number}", Kilobyte, Connections: 32) { EndpointCount = number });

    private static IEnumerable<Scenario> Headers(params int[] numbers) => numbers.Select(number =>
        new ChatScenario($"headers-{number}", $"chat, 1 KB, {number} more headers", Kilobyte, Connections: 32) { MoreHeaders = number });
}
