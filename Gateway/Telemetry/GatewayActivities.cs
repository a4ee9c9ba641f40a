using System.Diagnostics;

namespace Gateway.Telemetry;

/// <summary>Where the gateway's own spans come from. The span of a request as a whole is ASP.NET Core's.</summary>
internal static class GatewayActivities
{
    public const string SourceName = "Gateway";

    /// <summary>ASP.NET Core's.</summary>
    public const string ServerSourceName = "Microsoft.AspNetCore";

    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>Gives the request's span the name that the conventions want; ASP.NET Core knows no route of it.</summary>
    public static void NameRequest(string path, string requestId)
    {
        if (!Source.HasListeners() || Activity.Current is not { IsAllDataRequested: true } request)
            return;
        request.DisplayName = $"POST {path}";
        request.SetTag("http.route", path);
        request.SetTag("gateway.request.id", requestId);
    }
}
