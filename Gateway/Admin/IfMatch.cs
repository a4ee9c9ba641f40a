using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Gateway.Admin;

/// <summary>A revision of the mappings as an entity tag (RFC 9110 §8.8.3), and the condition that a write may put on it (§13.1.1).</summary>
internal static class IfMatch
{
    // Revisions start at 0 and grow.
    private const long NoRevision = -1;

    public static string Tag(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <param name="request">The write.</param>
    /// <param name="current">The revision now.</param>
    /// <param name="expected">The revision that the write wants to find: <paramref name="current"/>, or one that never was; null when any will do.</param>
    /// <returns>False when the header is malformed.</returns>
    public static bool TryRead(HttpRequest request, long current, out long? expected)
    {
        expected = null;
        if (request.Headers.IfMatch.Count == 0)
            return true;
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out IList<EntityTagHeaderValue>? tags) || tags.Count == 0)
            return false;

        if (!tags.Contains(EntityTagHeaderValue.Any))
        {
            var wanted = new EntityTagHeaderValue(Tag(current));
            expected = tags.Any(tag => tag.Compare(wanted, useStrongComparison: true)) ? current : NoRevision;
        }

        return true;
    }
}
