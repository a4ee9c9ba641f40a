using System.Collections;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>The first table of <c>docs/faults.md</c>: a row for each fault, and the columns as they stand there.</summary>
internal sealed class FaultTable : IEnumerable<Fault>
{
    private readonly Dictionary<Fault, Row> _rows = [];

    /// <param name="fault">The name of the row.</param>
    /// <param name="oneEndpoint">There is only A.</param>
    /// <param name="secondIsWell">B serves.</param>
    /// <param name="secondFailsAlike">B has the same fault.</param>
    /// <param name="stateOfA">After one request.</param>
    /// <param name="thirdStateOfA">After the third request in a row that meets the fault, where that is another one.</param>
    public void Add(Fault fault, Expectation oneEndpoint, Expectation secondIsWell, Expectation secondFailsAlike, string stateOfA, string? thirdStateOfA = null) =>
        _rows.Add(fault, new Row(oneEndpoint, secondIsWell, secondFailsAlike, stateOfA, thirdStateOfA ?? stateOfA));

    public Expectation Expected(Fault fault, Topology topology) => topology switch
    {
        Topology.OneEndpoint or Topology.EngineIsNamed => _rows[fault].OneEndpoint,
        Topology.SecondIsWell or Topology.OtherEngineIsWell => _rows[fault].SecondIsWell,
        _ => _rows[fault].SecondFailsAlike,
    };

    public string StateOfA(Fault fault) => _rows[fault].StateOfA;

    public string ThirdStateOfA(Fault fault) => _rows[fault].ThirdStateOfA;

    /// <summary>Every fault of the table, in every topology, for both kinds of answer.</summary>
    public MatrixTheoryData<Fault, Topology, AnswerKind> Cells() => new(this, Enum.GetValues<Topology>(), Enum.GetValues<AnswerKind>());

    public IEnumerator<Fault> GetEnumerator() => _rows.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed record Row(Expectation OneEndpoint, Expectation SecondIsWell, Expectation SecondFailsAlike, string StateOfA, string ThirdStateOfA);
}
