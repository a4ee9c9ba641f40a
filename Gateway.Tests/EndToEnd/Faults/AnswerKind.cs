namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>How the client wants its answer.</summary>
public enum AnswerKind
{
    Unary,
    Stream,
}
