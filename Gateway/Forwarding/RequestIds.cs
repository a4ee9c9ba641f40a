using System.Buffers;

namespace Gateway.Forwarding;

/// <summary>Gives each request the id under which client, gateway and engine speak of it.</summary>
internal static class RequestIds
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>The client's own id when it is fit for a log line, else a new one; put into the response at once, so that every answer has it.</summary>
    public static string Assign(HttpContext context)
    {
        string? given = context.Request.Headers[HeaderRules.RequestId];
        string id = IsFit(given) ? given! : New();
        context.Response.Headers[HeaderRules.RequestId] = id;
        return id;
    }

    private static bool IsFit(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Allowed);

    // Unique is enough here: an id that nobody can guess would cost a system call for every request.
    private static string New()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
