using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Tests.Admin;

namespace Gateway.Tests.EndToEnd;

/// <summary><c>--demo</c>, used by someone who has nothing but a terminal.</summary>
[Collection(GatewayProcess.Turns)]
public sealed class DemoProcessTests
{
    private const string Llama = "meta-llama/Llama-3.2-1B-Instruct";
    private const string Qwen = "Qwen/Qwen2.5-0.5B-Instruct";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrintsTwoLinesToPaste_AndBothWork()
    {
        await Shell.RequireCurlAsync();
        using var folder = new TemporaryFolder();
        await using GatewayProcess gateway = await GatewayProcess.StartInAsync(folder.Path, "--demo");

        string[] lines = await InvitationOfAsync(gateway);
        JsonElement answer = await Shell.RunForJsonAsync(lines[0]);
        string stream = await Shell.RunAsync(lines[1]);

        Assert.Equal(Llama, answer.GetProperty("model").GetString());
        Assert.Equal(20, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(50, Regex.Count(stream, "\"content\":\" w"));
        Assert.EndsWith("data: [DONE]", stream.TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task QuickStartCommands_AreAnswered()
    {
        await Shell.RequireCurlAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync("--demo");
        await InvitationOfAsync(gateway);
        string address = gateway.Url.ToString().TrimEnd('/');

        JsonElement discovered = await Shell.RunForJsonAsync($"curl -X POST {address}/admin/discover");
        JsonElement models = await Shell.RunForJsonAsync($"curl {address}/v1/models");
        JsonElement ownerInBody = await Shell.RunForJsonAsync(
            $$"""
            curl -X POST {{address}}/v1/chat/completions \
              -H "Content-Type: application/json" \
              -d '{
                "model": "{{Llama}}",
                "owned_by": "vllm",
                "messages": [
                  {"role": "user", "content": "Hello!"}
                ],
                "max_tokens": 50
              }'
            """);
        JsonElement ownerInHeader = await Shell.RunForJsonAsync(
            $$"""
            curl -X POST {{address}}/v1/chat/completions \
              -H "Content-Type: application/json" \
              -H "x-owned-by: vllm" \
              -d '{
                "model": "{{Qwen}}",
                "messages": [
                  {"role": "user", "content": "Hello!"}
                ],
                "max_tokens": 50
              }'
            """);
        string ownerInQuery = await Shell.RunAsync(
            $$"""
            curl -sD - -o /dev/null -X POST "{{address}}/v1/completions?owned_by=sglang" \
              -H "Content-Type: application/json" \
              -d '{"model": "{{Llama}}", "prompt": "Hello!", "max_tokens": 5}'
            """);

        Assert.Equal(3, discovered.GetProperty("discovered").GetInt32());
        Assert.Equal(
            [$"{Qwen} vllm", $"{Llama} sglang", $"{Llama} vllm"],
            models.GetProperty("data").EnumerateArray().Select(NameOf).Order(StringComparer.Ordinal));
        Assert.Equal(Llama, ownerInBody.GetProperty("model").GetString());
        Assert.Equal(50, ownerInBody.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(Qwen, ownerInHeader.GetProperty("model").GetString());
        Assert.Matches("(?i)HTTP/1.1 200 OK[\\s\\S]*x-owned-by: sglang", ownerInQuery);
    }

    [Fact]
    public async Task AdminCommands_AreAnswered()
    {
        await Shell.RequireCurlAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync("--demo");
        await InvitationOfAsync(gateway);
        string routing = $"{gateway.Url}admin/api/routing";

        JsonElement added = await Shell.RunForJsonAsync(
            $$"""
            curl -X POST {{routing}} \
              -H "Content-Type: application/json" \
              -d '{
                "model": "{{Llama}}",
                "owned_by": "vllm",
                "service_name": "ms-llama-32-1b-llm-d-modelservice-decode"
              }'
            """);
        JsonElement listed = await Shell.RunForJsonAsync($"curl {routing}");
        using HttpResponseMessage stillServed = await gateway.ChatAsync(Llama);
        const string Delete = "curl -s -o /dev/null -w '%{http_code}' -X DELETE";
        string deleted = await Shell.RunAsync($"{Delete} \"{routing}?model={Llama}&owned_by=vllm\"");
        string discovered = await Shell.RunAsync($"{Delete} \"{routing}?model={Qwen}&owned_by=vllm\"");

        // There is no cluster whose Services could have that name: it is kept all the same, and what was discovered goes on serving.
        Assert.Equal("admin", added.GetProperty("source").GetString());
        Assert.Equal(0, added.GetProperty("endpoints").GetArrayLength());
        Assert.Contains(listed.GetProperty("data").EnumerateArray(), entry => entry.GetProperty("source").GetString() == "admin");
        Assert.Equal(HttpStatusCode.OK, stillServed.StatusCode);
        Assert.Equal("204", deleted);
        Assert.Equal("409", discovered);
        Assert.Equal(HttpStatusCode.OK, await gateway.StatusAsync("/health"));
        Assert.Equal(HttpStatusCode.OK, await gateway.StatusAsync("/ready"));
    }

    [Fact]
    public async Task DotnetRun_FromTheRepository_StartsTheDemo()
    {
#if DEBUG
        const string Configuration = "Debug";
#else
        const string Configuration = "Release";
#endif
        Assert.SkipWhen(SourceTree.Root is null, "The tests do not run where the sources are.");
        string built = Path.Combine(SourceTree.Root!, "Gateway", "bin", Configuration, "net10.0", "Gateway.dll");
        Assert.SkipUnless(File.Exists(built), $"{built} has not been built.");

        await using GatewayProcess gateway = await GatewayProcess.AttachAsync(ChildProcess.TryStart(
            GatewayProcess.DotnetHost,
            ["run", "--project", "Gateway", "-c", Configuration, "--no-build", "--", "--demo", "--urls", "http://127.0.0.1:0"],
            SourceTree.Root)!);
        string[] lines = await InvitationOfAsync(gateway);

        Assert.All(lines, line => Assert.Contains(gateway.Url.ToString().TrimEnd('/'), line, StringComparison.Ordinal));
        using HttpResponseMessage answer = await gateway.ChatAsync(Qwen);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static string NameOf(JsonElement card) => $"{card.GetProperty("id")} {card.GetProperty("owned_by")}";

    /// <summary>By the time the lines are printed, they must work.</summary>
    private static async Task<string[]> InvitationOfAsync(GatewayProcess gateway)
    {
        await gateway.Child.OutputLineAsync(line => line.Contains("\"stream\": true", StringComparison.Ordinal), "the lines to paste");
        string[] lines = [.. gateway.Child.Output.Where(line => line.TrimStart().StartsWith("curl ", StringComparison.Ordinal))];
        Assert.Equal(2, lines.Length);
        return lines;
    }
}
