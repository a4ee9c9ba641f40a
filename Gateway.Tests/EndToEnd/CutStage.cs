using Gateway.Hosting;
using Gateway.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// Three endpoints of one engine behind a gateway that asks them in turns. All of them cut their answers in the same way, so that an answer can
/// be had from none, however often it is asked for.
/// </summary>
internal sealed class CutStage : IAsyncDisposable
{
    public const string Model = "meta-llama/Llama-3.2-1B-Instruct";

    private const int Endpoints = 3;
    private const int Tokens = 150;
    private const int EventsBeforeTheCut = 20;

    private readonly AnswerCut _cut;
    private readonly SimulatedEngine[] _engines;

    private CutStage(AnswerCut cut, SimulatedEngine[] engines, TestGateway gateway)
    {
        _cut = cut;
        _engines = engines;
        Gateway = gateway;
    }

    public TestGateway Gateway { get; }

    /// <summary>Whether a stream is what is cut, and not an answer in one piece.</summary>
    public bool IsOfStream => _cut != AnswerCut.InOnePiece;

    /// <summary>Header fields by which a request asks the engines for the cut.</summary>
    public (string Name, string Value)[] Headers =>
    [
        .. _cut switch
        {
            AnswerCut.BetweenEvents or AnswerCut.InOnePiece => new[] { ("x-sim-close", "mid-stream") },
            AnswerCut.InsideAnEvent => [("x-sim-close", "mid-event")],
            AnswerCut.IdleTimeOver or AnswerCut.DrainTimeOver => [("x-sim-stall", "mid-stream")],
            AnswerCut.ResetBeforeTheHead => [("x-sim-reset", "before-headers")],
            _ => [],
        },
        ("x-sim-after", $"{EventsBeforeTheCut}"),
        ("x-sim-tokens", $"{Tokens}"),
    ];

    /// <summary>The status that the client is told; 200 when the answer had begun.</summary>
    public int Status => _cut switch
    {
        AnswerCut.ResetBeforeTheHead => 502,
        AnswerCut.Refused => 503,
        _ => 200,
    };

    /// <summary>The code of the error that the client is told; null when the cut is all that it sees.</summary>
    public string? Code => _cut switch
    {
        AnswerCut.BetweenEvents => "upstream_disconnected",
        AnswerCut.IdleTimeOver => "upstream_timeout",
        AnswerCut.DrainTimeOver => "shutting_down",
        AnswerCut.ResetBeforeTheHead => "upstream_unreachable",
        AnswerCut.Refused => "no_ready_endpoint",
        _ => null,
    };

    /// <summary>How often the engines are asked for each time that the client asks the gateway: after a reset another endpoint once more.</summary>
    public int AttemptsForEachRequest => _cut switch
    {
        AnswerCut.ResetBeforeTheHead => 2,
        AnswerCut.Refused => 0,
        _ => 1,
    };

    /// <summary>How often the engines have been asked for an answer.</summary>
    public int Attempts => _engines.Sum(engine => engine.Requests.All.Count(request => request.Method == "POST"));

    public static async Task<CutStage> StartAsync(AnswerCut cut)
    {
        var engines = new SimulatedEngine[Endpoints];
        for (int i = 0; i < Endpoints; i++)
            engines[i] = await SimulatedEngine.StartAsync(new() { Models = [Model] }, TestContext.Current.CancellationToken);
        string[] times = cut switch
        {
            AnswerCut.IdleTimeOver => ["--Gateway:Timeouts:Idle=00:00:01"],
            AnswerCut.DrainTimeOver => ["--Gateway:Drain:Timeout=00:00:00"],
            _ => [],
        };
        var stage = new CutStage(cut, engines, await TestGateway.StartAsync(["--Gateway:Routing:Picker=round-robin", .. times], engines));
        if (cut == AnswerCut.Refused)
            await Task.WhenAll(engines.Select(engine => engine.KillAsync()));
        return stage;
    }

    /// <summary>To be called when the client has the beginning of the answer: what cuts it from the gateway's side happens now.</summary>
    public Task BegunAsync() => _cut == AnswerCut.DrainTimeOver
        ? Gateway.Services.GetRequiredService<DrainSequence>().RunAsync(skipDelay: true, TestContext.Current.CancellationToken)
        : Task.CompletedTask;

    /// <summary>What the client has is the beginning of the answer, and the engines have been asked as often as the rules allow.</summary>
    /// <param name="pieces">All text that the client has been given, in one piece or in many.</param>
    /// <param name="requests">How often the client asked the gateway.</param>
    public async Task AssertCutAsync(IReadOnlyCollection<string> pieces, int requests)
    {
        // Not every event holds a token; and where the other side ends the connection, less may come than had been sent.
        Assert.InRange(pieces.Count, 0, EventsBeforeTheCut);
        Assert.Equal(Enumerable.Range(0, pieces.Count).Select(token => SimulatedText.Token(token)), pieces);
        Assert.Equal(requests * AttemptsForEachRequest, Attempts);
        await Gateway.SettlesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        foreach (SimulatedEngine engine in _engines)
            await engine.DisposeAsync();
    }
}
