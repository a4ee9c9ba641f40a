using System.Globalization;

namespace Gateway.Telemetry;

/// <summary>HTTP statuses as values of <c>error.type</c>, made once.</summary>
internal static class StatusNames
{
    private const int First = 400;
    private const int Count = 200;

    private static readonly string[] Names =
        [.. Enumerable.Range(First, Count).Select(status => status.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Statuses that HTTP does not know are one.</summary>
    public static string Of(int status) => status is >= First and < First + Count ? Names[status - First] : "_OTHER";
}
