using static Gateway.Tests.EndToEnd.Faults.Fault;
using static Gateway.Tests.EndToEnd.Faults.Seen;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An engine closes a kept-alive connection just as a request comes in on it: that row of the first table of <c>docs/faults.md</c>.</summary>
public sealed class KeptAliveClosedTests
{
    private static readonly FaultTable Table = new()
    {
        // fault of A      one endpoint          B is well             B fails alike         state of A
        { KeptAliveClosed, new(AnswerOfA, 2, 0), new(AnswerOfA, 2, 0), new(AnswerOfA, 2, 0), "ready" },
    };

    public static MatrixTheoryData<Fault, Topology, AnswerKind> Cells => Table.Cells();

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task KeptAlive(Fault fault, Topology topology, AnswerKind kind)
    {
        await using Stage stage = await Stage.SetAsync(fault, topology);

        // The first request of a connection is served, and leaves it kept alive. A comes before B again.
        await stage.AssertAsync(new Expectation(AnswerOfA), kind);
        if (topology is Topology.SecondIsWell or Topology.SecondFailsAlike)
            await stage.AssertAsync(new Expectation(AnswerOfB, 0, 1), kind);
        await stage.AssertAsync(Table.Expected(fault, topology), kind);

        Assert.Equal((Table.StateOfA(fault), null), await stage.ShownAsync(stage.A));
        await stage.SettlesAsync();
    }

    [Theory]
    [InlineData(AnswerKind.Unary)]
    [InlineData(AnswerKind.Stream)]
    public async Task AllThatAreLeftProveClosed_ClientIsToldToComeAgain(AnswerKind kind)
    {
        // The first attempt, the one outside the count, and those of Retry:Connect.
        const int Attempts = 4;
        await using Stage stage = await Stage.SetAsync(KeptAliveClosed, Topology.OneEndpoint);
        await stage.KeepAliveAsync(Attempts);

        await stage.AssertAsync(new Expectation(NoReadyEndpoint, Attempts), kind);

        Assert.Equal(("ready", null), await stage.ShownAsync(stage.A));
        await stage.SettlesAsync();
    }
}
