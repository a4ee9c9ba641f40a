using static Gateway.Tests.EndToEnd.Faults.Fault;
using static Gateway.Tests.EndToEnd.Faults.Seen;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An engine takes no connection: the first three rows of the first table of <c>docs/faults.md</c>.</summary>
public sealed class ConnectionFaultTests
{
    private static readonly FaultTable Table = new()
    {
        // fault of A        one endpoint             B is well             B fails alike               state of A
        { ConnectionRefused, new(NoReadyEndpoint),    new(AnswerOfB, 1, 1), new(NoReadyEndpoint, 1, 1), "ejected" },
        { ConnectBlackholed, new(NoReadyEndpoint),    new(AnswerOfB, 1, 1), new(NoReadyEndpoint, 1, 1), "ejected" },
    };

    private static readonly FaultTable NextRequest = new()
    {
        { ConnectionRefused, new(NoReadyEndpoint, 0), new(AnswerOfB, 0, 1), new(NoReadyEndpoint, 0, 0), "ejected" },
        { ConnectBlackholed, new(NoReadyEndpoint, 0), new(AnswerOfB, 0, 1), new(NoReadyEndpoint, 0, 0), "ejected" },
    };

    public static MatrixTheoryData<Topology, AnswerKind> Refused { get; } = new(Enum.GetValues<Topology>(), Enum.GetValues<AnswerKind>());

    // Each takes a second or two, so the topologies that only vary another one are left out.
    public static MatrixTheoryData<Topology, AnswerKind> Blackholed { get; } = new(
        [Topology.OneEndpoint, Topology.SecondIsWell, Topology.SecondFailsAlike, Topology.OtherEngineIsWell], Enum.GetValues<AnswerKind>());

    [Theory]
    [MemberData(nameof(Refused))]
    public Task ConnectionRefused_ThenTheNextRequest(Topology topology, AnswerKind kind) => AssertAsync(ConnectionRefused, topology, kind);

    [Theory]
    [MemberData(nameof(Blackholed))]
    public Task ConnectBlackholed_ThenTheNextRequest(Topology topology, AnswerKind kind) => AssertAsync(ConnectBlackholed, topology, kind);

    private static async Task AssertAsync(Fault fault, Topology topology, AnswerKind kind)
    {
        await using Stage stage = await Stage.SetAsync(fault, topology);

        await stage.AssertAsync(Table.Expected(fault, topology), kind);
        await AssertStatesAsync(stage, Table.StateOfA(fault));

        await stage.AssertAsync(NextRequest.Expected(fault, topology), kind);
        await AssertStatesAsync(stage, NextRequest.StateOfA(fault));
        await stage.SettlesAsync();
    }

    private static async Task AssertStatesAsync(Stage stage, string stateOfA)
    {
        Assert.Equal(stateOfA, (await stage.ShownAsync(stage.A)).State);
        if (stage.B is { } b)
            Assert.Equal(b.IsThere ? "ready" : stateOfA, (await stage.ShownAsync(b)).State);
    }
}
