using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Simulation;
using Gateway.Tests.Admin;

namespace Gateway.Tests.EndToEnd;

/// <summary>The start of the program, and the starts that it refuses.</summary>
[Collection(GatewayProcess.Turns)]
public sealed class ProcessStartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Help_NamesEverySwitch_AndVersion_IsOneLine()
    {
        await using ChildProcess help = GatewayProcess.Run(["--help"]);
        await using ChildProcess version = GatewayProcess.Run(["--version"]);

        Assert.Equal(0, await help.ExitAsync());
        string[] switches = ["--demo", "--engine URL", "--config FILE", "--urls", "--version"];
        Assert.All(switches, name => Assert.Contains(name, help.Said, StringComparison.Ordinal));
        Assert.Empty(help.Errors);
        Assert.Equal(0, await version.ExitAsync());
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.Single(version.Output));
    }

    [Theory]
    [InlineData("--engine not-a-url", "--engine is 'not-a-url'")]
    [InlineData("--engine http://127.0.0.1:1/path", "--engine is 'http://127.0.0.1:1/path'")]
    [InlineData("--Gateway:Bogus=1", "Gateway:Bogus")]
    [InlineData("--Gateway:Retry:Conect=1", "Gateway:Retry:Conect")]
    [InlineData("--Gateway:Timeouts:Connect=2", "Gateway:Timeouts:Connect is '2'")]
    [InlineData("--Gateway:Routing:Picker=fastest", "Gateway:Routing:Picker is 'fastest'")]
    [InlineData("--config does-not-exist.json", "does-not-exist.json")]
    [InlineData("--demo=yes", "--demo")]
    [InlineData("serve", "'serve'")]
    [InlineData("--urls foo", "urls is 'foo'")]
    [InlineData("--urls http://127.0.0.1:99999", "urls is 'http://127.0.0.1:99999'")]
    [InlineData("--urls http://127.0.0.1:0/base", "urls is 'http://127.0.0.1:0/base'")]
    [InlineData("--urls http://localhost:0", "urls is 'http://localhost:0'")]
    [InlineData("--urls http://192.0.2.1:8000", "urls is 'http://192.0.2.1:8000'")]
    [InlineData("--Kestrel:Endpoints:Web:Url=foo", "Kestrel:Endpoints")]
    [InlineData("--Logging:LogLevel:Default=Chatty", "Logging:LogLevel:Default is 'Chatty'")]
    public async Task WrongValue_StopsTheStart_WithOneLineThatNamesIt(string arguments, string named)
    {
        using var folder = new TemporaryFolder();

        await using ChildProcess gateway = GatewayProcess.Run(arguments.Split(' '), folder.Path);

        await AssertRefusedAsync(gateway, named);
    }

    [Fact]
    public async Task AddressInUse_StopsTheStart_WithOneLineThatNamesIt()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        await using ChildProcess gateway = GatewayProcess.Run(["--urls", $"http://{taken.LocalEndpoint}"]);

        await AssertRefusedAsync(gateway, $"http://{taken.LocalEndpoint}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"revision\":1,\"mappings\":[{\"model\":\"m\"")]
    [InlineData("{\"revision\":1,\"mappings\":[{\"model\":\"m\"}]}")]
    public async Task DamagedMappingFile_StopsTheStart_AndIsLeftAsItIs(string content)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("routes.json");
        await File.WriteAllTextAsync(path, content, Cancelled);

        await using ChildProcess gateway = GatewayProcess.Run(["--urls", "http://127.0.0.1:0", "--Gateway:State:Path", path]);

        await AssertRefusedAsync(gateway, path);
        Assert.Equal(content, await File.ReadAllTextAsync(path, Cancelled));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task EngineSwitch_MayBeRepeated_AndNamesTheOwner()
    {
        await using SimulatedEngine first = await SimulatedEngine.StartAsync(new() { Name = "first", Models = ["m"] }, Cancelled);
        await using SimulatedEngine second = await SimulatedEngine.StartAsync(new() { Name = "second", Models = ["m"] }, Cancelled);
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(
            "--engine", first.Url.ToString(), "--engine", $"{second.Url}=my-engine");
        await gateway.ReadyAsync();

        JsonElement models = await gateway.Client.GetFromJsonAsync<JsonElement>("/v1/models", Cancelled);
        using HttpResponseMessage answer = await gateway.Client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "m", owned_by = "my-engine", messages = Array.Empty<object>() }, Cancelled);

        IEnumerable<string?> owners = models.GetProperty("data").EnumerateArray().Select(card => card.GetProperty("owned_by").GetString());
        Assert.Equal(["my-engine", "vllm"], owners.Order());
        Assert.Equal("my-engine", Assert.Single(answer.Headers.GetValues("x-owned-by")));
        Assert.Single(second.Requests.All, request => request.Method == "POST");
        Assert.DoesNotContain(first.Requests.All, request => request.Method == "POST");
    }

    [Fact]
    public async Task RelativePaths_StartAtTheWorkingDirectory()
    {
        using var folder = new TemporaryFolder();
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        await File.WriteAllTextAsync(folder.File("my.json"), $$$"""{"Gateway":{"Engines":[{"Url":"{{{engine.Url}}}"}]}}""", Cancelled);
        await using GatewayProcess gateway = await GatewayProcess.StartInAsync(
            folder.Path, "--config", "my.json", "--Gateway:State:Path", "kept/routes.json");
        await gateway.ReadyAsync();

        using HttpResponseMessage answer = await gateway.ChatAsync("m");
        using HttpResponseMessage posted = await gateway.Client.PostAsJsonAsync(
            "/admin/api/routing", new { model = "other", owned_by = "vllm", endpoints = new[] { engine.Url } }, Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        string kept = await File.ReadAllTextAsync(Path.Combine(folder.Path, "kept", "routes.json"), Cancelled);
        Assert.Contains("other", kept, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(ChildProcess gateway, string named)
    {
        int exitCode = await gateway.ExitAsync();

        string line = Assert.Single(gateway.Errors);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain(gateway.Output, output => output.Contains("Now listening", StringComparison.Ordinal));
    }
}
