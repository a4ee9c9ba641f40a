namespace Gateway.Admin;

/// <summary>Who may use the admin API.</summary>
internal sealed class AdminOptions
{
    /// <summary>When set, every caller must present it as <c>Authorization: Bearer</c>.</summary>
    public string? Token { get; init; }

    /// <summary>A file that holds the token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whether, without a token, callers on the loopback interface are let in.</summary>
    public bool Loopback { get; init; } = true;
}
