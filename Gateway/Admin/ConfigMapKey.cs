using System.Security.Cryptography;
using System.Text;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>
/// The key under which a pair's mapping is put: <c>engine.model.hash</c>, for example
/// <c>vllm.meta-llama-Llama-3.2-1B-Instruct.0123456789abcdef</c>. The names are for people, with what a key can't hold made a dash;
/// the hash makes it this pair's alone.
/// </summary>
internal static class ConfigMapKey
{
    // Kubernetes takes 253 of [-._a-zA-Z0-9] and no ".." in front: 60 + 1 + 170 + 1 + 16 characters, and no dot from the engine.
    private const int LongestEngine = 60;
    private const int LongestModel = 170;
    private const int HashDigits = 16;

    public static string Of(MappingKey pair) =>
        $"{Slug(pair.Engine, LongestEngine, "-_")}.{Slug(pair.Model, LongestModel, "-_.")}.{Hash(pair)}";

    /// <summary>
    /// Whether <paramref name="key"/> is made as by <see cref="Of"/>, for another pair than <paramref name="pair"/>. A write of that other
    /// pair goes there and would take this one away.
    /// </summary>
    public static bool BelongsToAnother(string key, MappingKey pair) =>
        key.Length > HashDigits
        && key[^(HashDigits + 1)] == '.'
        && key.TakeLast(HashDigits).All(char.IsAsciiHexDigitLower)
        && key != Of(pair);

    // Neither half can hold a line break: the rules for both names forbid control characters.
    private static string Hash(MappingKey pair) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{pair.Engine}\n{pair.Model}")))[..HashDigits];

    private static string Slug(string text, int longest, string marks) => string.Concat(
        text.Take(longest).Select(character => char.IsAsciiLetterOrDigit(character) || marks.Contains(character) ? character : '-'));
}
