using static Gateway.Tests.EndToEnd.Faults.Fault;
using static Gateway.Tests.EndToEnd.Faults.Seen;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An engine takes the request and fails before the head of a good answer: the rest of the first table of <c>docs/faults.md</c>.</summary>
public sealed class HeadFaultTests
{
    private static readonly FaultTable Table = new()
    {
        // fault of A                  one endpoint       B is well             B fails alike           state of A, third time
        { ResetBeforeHead,             new(Unreachable),  new(AnswerOfB, 1, 1), new(Unreachable, 1, 1), "suspect", "ejected" },
        { Answers502,                  new(AnswerOfA),    new(AnswerOfB, 1, 1), new(AnswerOfB, 1, 1),   "suspect", "ejected" },
        { Answers503,                  new(AnswerOfA),    new(AnswerOfB, 1, 1), new(AnswerOfB, 1, 1),   "suspect", "ejected" },
        { Answers429WithRetryAfter,    new(AnswerOfA),    new(AnswerOfB, 1, 1), new(AnswerOfB, 1, 1),   "ready" },
        { Answers429WithDroppedReason, new(AnswerOfA),    new(AnswerOfB, 1, 1), new(AnswerOfB, 1, 1),   "ready" },
        { Answers429,                  new(AnswerOfA),    new(AnswerOfA),       new(AnswerOfA),         "ready" },
        { Answers500,                  new(AnswerOfA),    new(AnswerOfA),       new(AnswerOfA),         "ready" },
        { Answers504,                  new(AnswerOfA),    new(AnswerOfA),       new(AnswerOfA),         "ready" },
        { StallBeforeHead,             new(TimedOut),     new(TimedOut),        new(TimedOut),          "ready" },
    };

    public static MatrixTheoryData<Fault, Topology, AnswerKind> Cells => Table.Cells();

    public static MatrixTheoryData<Fault, AnswerKind> Rows => new(Table, Enum.GetValues<AnswerKind>());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task BeforeTheHead(Fault fault, Topology topology, AnswerKind kind)
    {
        await using Stage stage = await Stage.SetAsync(fault, topology, TimerOf(kind));

        await stage.AssertAsync(Table.Expected(fault, topology), kind);

        (string state, string? lastError) = await stage.ShownAsync(stage.A);
        Assert.Equal(Table.StateOfA(fault), state);
        if (fault == StallBeforeHead)
            Assert.Contains("FirstByteTimeout", lastError, StringComparison.Ordinal);

        // The request has counted at A, and counts no more.
        if (stage.B is { } b)
            Assert.Equal("ready", (await stage.ShownAsync(b)).State);
        await stage.SettlesAsync();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ThreeInARow(Fault fault, AnswerKind kind)
    {
        await using Stage stage = await Stage.SetAsync(fault, Topology.OneEndpoint, TimerOf(kind));

        for (int i = 1; i <= 3; i++)
        {
            await stage.AssertAsync(Table.Expected(fault, Topology.OneEndpoint), kind);
            Assert.Equal(i < 3 ? Table.StateOfA(fault) : Table.ThirdStateOfA(fault), (await stage.ShownAsync(stage.A)).State);
        }

        await stage.SettlesAsync();
    }

    private static string TimerOf(AnswerKind kind) => kind == AnswerKind.Stream ? "FirstByte" : "FirstByteUnary";
}
