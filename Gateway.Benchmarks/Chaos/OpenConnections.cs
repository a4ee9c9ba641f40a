using System.Globalization;

namespace Gateway.Benchmarks.Chaos;

/// <summary>TCP connections of this machine, as the kernel lists them.</summary>
internal static class OpenConnections
{
    // Of a socket that a program still holds: the other side has closed, and it has not.
    private const string CloseWait = "08";
    private const string Established = "01";

    // A socket for IPv6 may be connected to an IPv4 address.
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>How many are held by whoever has connected to the port.</summary>
    public static int CountTo(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return Tables.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => fields[2].EndsWith(suffix, StringComparison.Ordinal) && fields[3] is Established or CloseWait);
    }
}
