using Gateway.Forwarding;
using Gateway.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Gateway.Admin;

/// <summary>
/// Decides who may use the admin API: the holder of the token or, where no token is configured, a caller on this machine;
/// never a web page of another origin.
/// </summary>
internal sealed class AdminGuard(AdminOptions options, AdminToken token, ILogger<AdminGuard> logger)
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>Puts the guard in front of <paramref name="protectedCall"/>.</summary>
    public RequestDelegate Protect(RequestDelegate protectedCall) => async context =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-store";

        // No CORS header ever allows a script of another origin to read an answer; these two close what needs none: <script src> and its kin.
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.XContentTypeOptions = "nosniff";

        if (await FindObjectionAsync(context) is not { } objection)
        {
            await protectedCall(context);
            return;
        }

        AdminLog.CallRefused(logger, context.Connection.RemoteIpAddress, objection);
        headers.WWWAuthenticate = "Bearer";
        await ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, ForwardFailure.AdminUnauthorized, objection);
    };

    /// <returns>Why the caller is not let in; null when it is.</returns>
    private async ValueTask<string?> FindObjectionAsync(HttpContext context)
    {
        if (SameOrigin.FindObjection(context.Request) is { } crossOrigin)
            return crossOrigin;

        if (token.IsConfigured)
        {
            return await PresentsTokenAsync(context.Request)
                ? null
                : "The admin API wants the header 'Authorization: Bearer <token>' with the token of Gateway:Admin:Token or Gateway:Admin:TokenFile.";
        }

        return options.Loopback
            ? LoopbackCaller.FindObjection(context)
            : "Nobody is let in: no token is configured (Gateway:Admin:Token or Gateway:Admin:TokenFile) and Gateway:Admin:Loopback is false.";
    }

    private async ValueTask<bool> PresentsTokenAsync(HttpRequest request)
    {
        StringValues authorization = request.Headers.Authorization;
        return authorization.Count == 1
            && authorization[0] is { } value
            && value.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase)
            && await token.MatchesAsync(value[BearerPrefix.Length..].Trim(' '), request.HttpContext.RequestAborted);
    }
}
