namespace Gateway.Admin;

/// <summary>A store that others can write too, and in which therefore things may stand that are no mappings.</summary>
internal interface IMappingProblems
{
    /// <summary>What of the store is not in force; empty when all of it is.</summary>
    IReadOnlyList<MappingProblem> Problems { get; }
}

/// <param name="Key">Which entry of the store; null when it is the store as a whole.</param>
/// <param name="Message">What is wrong and what is allowed, in words for the operator.</param>
internal sealed record MappingProblem(string? Key, string Message);
