using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>What would become of a request, and why. As it stood at one moment: nothing of it is kept up to date.</summary>
internal sealed record RequestExplanation
{
    /// <summary>The path that it was read as a request of.</summary>
    public required ProxiedPath Path { get; init; }

    /// <summary>The model that it names; null when it names none that was seen.</summary>
    public required ReadName? Model { get; init; }

    /// <summary>The engine that it names; null when it names none that was seen.</summary>
    public required ReadName? Engine { get; init; }

    public required bool Stream { get; init; }

    /// <summary>How much of the body was read.</summary>
    public required long BodyBytes { get; init; }

    /// <summary>Whether the body would be passed on while it arrives, and be there for one attempt only.</summary>
    public required bool StreamsUpload { get; init; }

    /// <summary>The routes that it may take; the default value when the body could not be read so far.</summary>
    public required RouteMatch Match { get; init; }

    public required IReadOnlyList<Candidate> Candidates { get; init; }

    public required IPickingPolicy Policy { get; init; }

    /// <summary>What the picker chose this time; null when it was not asked, or found nothing or nothing with room.</summary>
    public required PickedEndpoint? Choice { get; init; }

    /// <summary>Null when the routes have no limit, or the picker has chosen nothing.</summary>
    public required AdmissionForecast? Admission { get; init; }

    /// <summary>How the body would be changed for <see cref="Choice"/>.</summary>
    public required IReadOnlyList<MemberEdit> Edits { get; init; }

    /// <summary>What its client would be told; null when it would be sent.</summary>
    public required ForwardError? Refusal { get; init; }
}

/// <summary>A name that a request gives.</summary>
/// <param name="Value">As the client wrote it.</param>
/// <param name="Place">Where it stands, in words.</param>
internal sealed record ReadName(string Value, string Place);

/// <summary>What becomes of a member or a form field.</summary>
/// <param name="Member">Its name.</param>
/// <param name="Kind">What is done to it.</param>
/// <param name="Value">What it then says; null when it is gone.</param>
internal sealed record MemberEdit(string Member, MemberEditKind Kind, string? Value = null);

internal enum MemberEditKind
{
    Cut,
    Replaced,
    Inserted,

    /// <summary>Found after the length of the body had been announced: spaces stand in for it.</summary>
    Blanked,
}
