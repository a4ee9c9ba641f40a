using System.Net;

namespace Gateway.Tests.EndToEnd;

/// <summary>The built program in a process of its own, started the way a user starts it.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>
    /// The collection of the tests that start the program again and again: they take turns, because what they look at is the program, not
    /// how many of them a machine can start at once.
    /// </summary>
    public const string Turns = "The program as a process";

    private const string Listening = "Now listening on: ";

    private GatewayProcess(ChildProcess child, Uri url)
    {
        Child = child;
        Url = url;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TestTime.Generous };
    }

    public ChildProcess Child { get; }

    public Uri Url { get; }

    public HttpClient Client { get; }

    /// <summary>Starts the program with nothing but these arguments; it need not come to listen.</summary>
    public static ChildProcess Run(IEnumerable<string> arguments, string? workingDirectory = null)
    {
        // The project reference has put the program beside the tests, whole.
        string program = Path.Combine(AppContext.BaseDirectory, "Gateway.dll");
        return ChildProcess.TryStart(DotnetHost, [program, .. arguments], workingDirectory)
            ?? throw new InvalidOperationException($"There is no '{DotnetHost}' to start the program with.");
    }

    /// <summary>The <c>dotnet</c> that runs this test, or the one on the PATH.</summary>
    public static string DotnetHost => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Starts on a free port, and returns once the program listens there.</summary>
    public static Task<GatewayProcess> StartAsync(params string[] arguments) => StartInAsync(null, arguments);

    /// <inheritdoc cref="StartAsync"/>
    public static Task<GatewayProcess> StartInAsync(string? workingDirectory, params string[] arguments) =>
        AttachAsync(Run(["--urls", "http://127.0.0.1:0", .. arguments], workingDirectory));

    /// <summary>Takes over a process that is to become a gateway, and returns once it listens.</summary>
    public static async Task<GatewayProcess> AttachAsync(ChildProcess child)
    {
        try
        {
            string line = await child.OutputLineAsync(line => line.Contains(Listening, StringComparison.Ordinal), "the address it has");
            return new GatewayProcess(child, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]));
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every engine has been asked for its models.</summary>
    public Task ReadyAsync() => UntilAsync("/ready", HttpStatusCode.OK);

    /// <summary>Waits until a GET of the path is answered with the status.</summary>
    public async Task UntilAsync(string path, HttpStatusCode status)
    {
        using var limit = new CancellationTokenSource(TestTime.Generous);
        while (await StatusAsync(path) != status)
        {
            Assert.False(limit.IsCancellationRequested, $"{path} was not answered {status}. The gateway said: {Child.Said}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public Task<HttpResponseMessage> ChatAsync(string model) => Client.PostAsync(
        "/v1/chat/completions",
        new StringContent($$"""{"model":"{{model}}","messages":[]}""", null, "application/json"),
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Child.DisposeAsync();
    }
}
