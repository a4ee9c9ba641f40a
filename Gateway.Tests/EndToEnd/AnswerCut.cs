namespace Gateway.Tests.EndToEnd;

/// <summary>A way in which no whole answer comes.</summary>
public enum AnswerCut
{
    /// <summary>The engine ends a stream after a whole event.</summary>
    BetweenEvents,

    /// <summary>The engine ends a stream after half an event.</summary>
    InsideAnEvent,

    /// <summary>The engine falls silent in the middle of a stream, until <c>Timeouts:Idle</c> is over.</summary>
    IdleTimeOver,

    /// <summary>A drain is over in the middle of a stream.</summary>
    DrainTimeOver,

    /// <summary>Every endpoint resets the connection before it has said anything.</summary>
    ResetBeforeTheHead,

    /// <summary>No endpoint takes a connection.</summary>
    Refused,

    /// <summary>An answer in one piece ends after its half.</summary>
    InOnePiece,
}
