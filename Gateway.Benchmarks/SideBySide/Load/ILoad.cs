namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>Decides when connections send what.</summary>
internal interface ILoad
{
    long NextNumber();

    /// <summary>The connection's answer has come, or never will: it may send again.</summary>
    /// <param name="connection">Whose.</param>
    /// <param name="wrong">What was wrong, or null.</param>
    void OnDone(ClientConnection connection, string? wrong);
}
