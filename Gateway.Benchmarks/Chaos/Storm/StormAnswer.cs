using System.Text.Json;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>What a client has got for a request.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Those of the gateway that a judge looks at.</param>
/// <param name="Body">All bytes that came.</param>
/// <param name="End">How it ended.</param>
/// <param name="Sent">When the request was begun to be sent, as a timestamp of the stopwatch.</param>
/// <param name="Ended">When the answer had ended.</param>
internal sealed record StormAnswer(int Status, StormHeaders Headers, byte[] Body, AnswerEnd End, long Sent, long Ended)
{
    /// <summary>The code of an error in OpenAI's shape; null when it is none.</summary>
    public string? ErrorCode
    {
        get
        {
            try
            {
                return JsonElement.Parse(Body).GetProperty("error").GetProperty("code").GetString();
            }
            catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return null;
            }
        }
    }
}

/// <param name="OwnedBy"><c>x-owned-by</c></param>
/// <param name="Endpoint"><c>x-gateway-destination-endpoint-served</c></param>
/// <param name="ShouldRetry"><c>x-should-retry</c></param>
/// <param name="RetryAfter">Seconds.</param>
internal sealed record StormHeaders(string? OwnedBy, string? Endpoint, string? ShouldRetry, double? RetryAfter);

internal enum AnswerEnd
{
    /// <summary>As HTTP says that a body ends.</summary>
    Clean,

    /// <summary>The connection ended before that.</summary>
    Cut,

    /// <summary>The client had enough.</summary>
    Left,
}
