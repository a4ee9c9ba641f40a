namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>One cell of a table of <c>docs/faults.md</c>.</summary>
/// <param name="Seen">What the client gets.</param>
/// <param name="AskedA">Attempts at A.</param>
/// <param name="AskedB">Attempts at B.</param>
internal sealed record Expectation(Seen Seen, int AskedA = 1, int AskedB = 0);
