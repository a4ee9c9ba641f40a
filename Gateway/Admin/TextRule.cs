namespace Gateway.Admin;

/// <summary>What a text in a mapping may be.</summary>
/// <param name="Holds">Whether a text is allowed.</param>
/// <param name="Allowed">What is allowed, to follow "must be".</param>
internal sealed record TextRule(Func<string, bool> Holds, string Allowed)
{
    // RFC 1123 by way of Kubernetes: the longest subdomain and the longest label.
    private const int LongestServiceName = 253;
    private const int LongestNamespace = 63;

    public static TextRule ModelName { get; } = new(
        text => !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl),
        "a non-empty string without control characters");

    // It travels in the response header x-owned-by.
    public static TextRule EngineName { get; } = new(
        text => text.Length > 0 && text.All(character => character is > ' ' and < '\u007f'),
        "a non-empty string of printable ASCII without spaces");

    public static TextRule ServiceName { get; } = new(
        text => text.Length <= LongestServiceName && text.Split('.').All(IsLabel),
        "the name of a Service or Deployment: lower-case letters, digits, '-' and '.'");

    public static TextRule Namespace { get; } = new(
        text => text.Length <= LongestNamespace && IsLabel(text),
        "the name of a namespace: lower-case letters, digits and '-'");

    private static bool IsLabel(string text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-'
        && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
}
