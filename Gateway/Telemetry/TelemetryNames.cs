using System.Text.Json;

namespace Gateway.Telemetry;

/// <summary>Members of enumerations as attributes and log lines write them: <c>ConnectFailed</c> is <c>connect_failed</c>.</summary>
internal static class TelemetryNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.ByValue[value];

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    }
}
