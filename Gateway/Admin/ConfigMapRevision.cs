using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Admin;

/// <summary>
/// The revision of the mappings, and of which data it is the revision. The gateway writes both into annotations, in the same write as the
/// data. An editor changes the data alone, so that the fingerprint no longer fits, which tells every replica, also one that was not
/// running, that the data has changed once more than the number says.
/// </summary>
internal readonly record struct ConfigMapRevision(long Number, string Fingerprint)
{
    public const string NumberAnnotation = "gateway.llm-d.ai/revision";
    public const string FingerprintAnnotation = "gateway.llm-d.ai/revision-of";

    // Half of SHA-256: it is to notice changes, and nobody gains by hiding one of their own.
    private const int FingerprintBytes = 16;

    // Above it a JSON number is no longer exact in every reader (RFC 8259 §6).
    private const long LargestNumber = (1L << 53) - 1;

    /// <summary>Before the first mapping.</summary>
    public static ConfigMapRevision Start { get; } = new(0, FingerprintOf(new Dictionary<string, string>()));

    /// <summary>What the annotations say; that of no data at all where there are none.</summary>
    public static ConfigMapRevision Written(IDictionary<string, string>? annotations)
    {
        string? number = null;
        string? fingerprint = null;
        annotations?.TryGetValue(NumberAnnotation, out number);
        annotations?.TryGetValue(FingerprintAnnotation, out fingerprint);
        if (number is null && fingerprint is null)
            return Start;

        // Spoilt by hand: it counts as none, and the fingerprint of nothing fits no data.
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long parsed) && parsed <= LargestNumber
            ? new ConfigMapRevision(parsed, fingerprint ?? "")
            : new ConfigMapRevision(0, "");
    }

    /// <summary>The revision of data that was read, never one that was shown with other data before.</summary>
    /// <param name="written">What the annotations say.</param>
    /// <param name="fingerprint">That of the data.</param>
    /// <param name="shown">What was known before the read.</param>
    public static ConfigMapRevision Of(ConfigMapRevision written, string fingerprint, ConfigMapRevision shown)
    {
        if (written.Fingerprint == fingerprint && written.Number > shown.Number)
            return written;
        if (shown.Fingerprint == fingerprint && shown.Number >= written.Number)
            return shown;
        return new ConfigMapRevision(Math.Max(written.Number, shown.Number) + 1, fingerprint);
    }

    public static string FingerprintOf(IReadOnlyDictionary<string, string> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string value) in data.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(key);
            Append(value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, FingerprintBytes));

        void Append(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
