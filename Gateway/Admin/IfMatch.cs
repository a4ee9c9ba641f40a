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
    /// <param name="current">The revision as far as is known here; another replica may have made a later one, and given out its tag.</param>
    /// <param name="expected">
    /// The revision that the write wants to find: of several <paramref name="current"/> if it is among them; one that never was when none is
    /// a revision; null when any will do.
    /// </param>
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
            long[] revisions = [.. tags.Where(tag => !tag.IsWeak).Select(RevisionOf)];
            expected = revisions.Contains(current) ? current : revisions.FirstOrDefault(revision => revision != NoRevision, NoRevision);
        }

        return true;
    }

    private static long RevisionOf(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out long revision) && tag.Tag == Tag(revision)
            ? revision
            : NoRevision;
}
