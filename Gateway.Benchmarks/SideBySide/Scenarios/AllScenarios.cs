using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Everything that is measured, the headlines first.</summary>
internal static class AllScenarios
{
    private const int Kilobyte = 1024;

    public static IReadOnlyList<Scenario> List { get; } =
    [
        new StreamScenario("paced-streams", "64 streams, a token each 5 ms", 64, Behaviour.Stream(tokens: 200, gapMicroseconds: 5_000, burst: 1)),
        new ChatScenario("chat-1kb", "chat, 1 KB, 32 connections", Kilobyte, Connections: 32),
        new ChatScenario("chat-64kb-first", "chat, 64 KB, routing members first, 16 connections", 64 * Kilobyte, Connections: 16),
        new ChatScenario("chat-64kb-last", "chat, 64 KB, routing members last, 16 connections", 64 * Kilobyte, Connections: 16) { ModelFirst = false },
    ];
}
