using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>The store could not be read or written; its message is for the operator.</summary>
/// <param name="outcome"><see cref="MappingWriteOutcome.StoreFull"/> or <see cref="MappingWriteOutcome.Unavailable"/>.</param>
/// <param name="message">Why, in words.</param>
/// <param name="inner">What was thrown below.</param>
internal sealed class MappingStoreException(MappingWriteOutcome outcome, string message, Exception? inner = null) : Exception(message, inner)
{
    public MappingWriteOutcome Outcome { get; } = outcome;
}
