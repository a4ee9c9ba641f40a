using static Gateway.Tests.EndToEnd.Faults.Fault;
using static Gateway.Tests.EndToEnd.Faults.Seen;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An engine fails after the head of a good answer: the second table of <c>docs/faults.md</c>. Nobody else is asked, whoever is there.</summary>
public sealed class BodyFaultTests
{
    private static readonly Dictionary<Fault, Row> Table = new()
    {
        // fault of A             unary        stream             state of A, third time
        { ResetAfterHead,     new(Unreachable, CutAsDisconnected, "suspect", "ejected") },
        { ResetBetweenEvents, new(Cut,         CutAsDisconnected, "suspect", "ejected") },
        { ResetInEvent,       new(Cut,         Cut,               "suspect", "ejected") },
        { StallAfterHead,     new(TimedOut,    CutAsTimedOut,     "ready") },
        { StallBetweenEvents, new(Cut,         CutAsTimedOut,     "ready") },
        { StallInEvent,       new(Cut,         Cut,               "ready") },
    };

    public static MatrixTheoryData<Fault, Topology, AnswerKind> Cells => new(Table.Keys, Enum.GetValues<Topology>(), Enum.GetValues<AnswerKind>());

    public static MatrixTheoryData<Fault, AnswerKind> Rows => new(Table.Keys, Enum.GetValues<AnswerKind>());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task AfterTheHead(Fault fault, Topology topology, AnswerKind kind)
    {
        Row expected = Table[fault];
        await using Stage stage = await Stage.SetAsync(fault, topology, "Idle");

        await AssertAsync(stage, expected, kind);

        (string state, string? lastError) = await stage.ShownAsync(stage.A);
        Assert.Equal(expected.StateOfA, state);
        if (stage.A.Stalls)
            Assert.Contains("Gateway:Timeouts:Idle", lastError, StringComparison.Ordinal);
        if (stage.B is { } b)
            Assert.Equal("ready", (await stage.ShownAsync(b)).State);
        await stage.SettlesAsync();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ThreeInARow(Fault fault, AnswerKind kind)
    {
        Row expected = Table[fault];
        await using Stage stage = await Stage.SetAsync(fault, Topology.OneEndpoint, "Idle");

        for (int i = 1; i <= 3; i++)
        {
            await AssertAsync(stage, expected, kind);
            Assert.Equal(i == 3 && expected.ThirdStateOfA is { } third ? third : expected.StateOfA, (await stage.ShownAsync(stage.A)).State);
        }

        await stage.SettlesAsync();
    }

    private static async Task AssertAsync(Stage stage, Row expected, AnswerKind kind)
    {
        (int All, int A, int B) before = stage.Asked;
        using RawConnection client = await stage.PostAsync(kind);
        Seen seen = kind == AnswerKind.Stream ? expected.Stream : expected.Unary;
        await CutView.AssertIsAsync(seen, client, stage, kind);
        stage.AssertAsked(new Expectation(seen, AskedA: 1), before);
    }

    private sealed record Row(Seen Unary, Seen Stream, string StateOfA, string? ThirdStateOfA = null);
}
