namespace Gateway.Discovery;

/// <summary>The key that an engine wants, from configuration or from a file.</summary>
internal sealed record EngineKey(string? Key, string? File)
{
    public static EngineKey None { get; } = new(null, null);

    /// <summary>The value of <c>Authorization</c>, or null without a key. A file is read each time, so that a rotated key is picked up.</summary>
    /// <exception cref="IOException">The file can't be read; or any other exception of <see cref="System.IO.File.ReadAllText(string)"/>.</exception>
    public string? ReadAuthorization()
    {
        string? key = string.IsNullOrEmpty(File) ? Key : System.IO.File.ReadAllText(File).Trim();
        return string.IsNullOrEmpty(key) ? null : $"Bearer {key}";
    }

    // A record would print its members, and this one is a secret.
    public override string ToString() => nameof(EngineKey);
}
