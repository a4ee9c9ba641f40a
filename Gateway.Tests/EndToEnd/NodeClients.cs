using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// The official client libraries for JavaScript, run by Node.js from the folder NodeClients of the sources. Where Node.js or the packages
/// are missing and can't be had, tests are skipped and say why.
/// </summary>
internal static class NodeClients
{
    private const int OldestNode = 20;

    private static readonly Lazy<Task<string?>> Obstacle = new(FindObstacleAsync);

    private static string Folder => Path.Combine(SourceTree.Root!, "Gateway.Tests", "EndToEnd", "NodeClients");

    /// <summary>Skips the test that asks, unless the scripts can run here.</summary>
    public static async Task RequireAsync()
    {
        if (await Obstacle.Value is { } reason)
            Assert.Skip(reason);
    }

    /// <summary>Runs one scenario of a script; returns what it printed.</summary>
    public static Task<NodeResult> RunAsync(string script, string scenario, Uri gateway, params (string Name, string Value)[] headers) =>
        RunAsync(script, scenario, gateway, () => Task.CompletedTask, headers);

    /// <summary>Runs one scenario of a script; returns what it printed.</summary>
    /// <param name="script">The library's.</param>
    /// <param name="scenario">One of the script's.</param>
    /// <param name="gateway">Where it is.</param>
    /// <param name="begun">Called as soon as the library has handed out the first piece of an answer; not before the end when it hands out none.</param>
    /// <param name="headers">Sent with every request.</param>
    public static async Task<NodeResult> RunAsync(
        string script, string scenario, Uri gateway, Func<Task> begun, params (string Name, string Value)[] headers)
    {
        string fields = JsonSerializer.Serialize(headers.ToDictionary(header => header.Name, header => header.Value));
        await using ChildProcess node = ChildProcess.TryStart("node", [script, scenario, gateway.ToString(), fields], Folder)!;
        await TestTime.UntilAsync(() => node.HasExited || node.Output.Contains("begun"), "the first piece, or the end");
        await begun();
        int exitCode = await node.ExitAsync();
        Assert.True(exitCode == 0, $"{script} {scenario} ended with {exitCode}: {node.Said}");
        return new NodeResult(JsonElement.Parse(node.Output.Last()));
    }

    /// <returns>Why the scripts can't run here; null when they can.</returns>
    private static async Task<string?> FindObstacleAsync()
    {
        if (SourceTree.Root is null)
            return "The sources, with the scripts for Node.js, are not where the tests run.";

        await using ChildProcess? node = ChildProcess.TryStart("node", ["--version"]);
        if (node is null || await node.ExitAsync() != 0)
            return "Node.js is not on the PATH.";

        string version = node.Output.First();
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], out int major) || major < OldestNode)
            return $"Node.js is {version}; the scripts are written for {OldestNode} or later.";

        return await NodePackages.InstallAsync(Folder);
    }
}
