namespace Gateway.Forwarding;

/// <summary>Whose API a path belongs to: decides the shape of errors and of the last event of a stream that has to end early.</summary>
internal enum ApiDialect
{
    OpenAi,

    /// <summary><c>/v1/responses</c>: OpenAI's errors, but named events with a sequence number.</summary>
    OpenAiResponses,

    /// <summary><c>/v1/messages</c> and what is below it.</summary>
    Anthropic,
}
