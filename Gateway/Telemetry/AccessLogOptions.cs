namespace Gateway.Telemetry;

/// <summary>Whether each request is written down, and where.</summary>
internal sealed class AccessLogOptions
{
    /// <summary>One line of JSON for each request.</summary>
    public bool Enabled { get; init; }

    /// <summary>A file that lines are added to; standard output when it is left out.</summary>
    public string? Path { get; init; }
}
