using Gateway.Discovery;
using Gateway.Forwarding;

namespace Gateway.Hosting;

/// <summary><c>GET /health</c>: the process is alive. <c>GET /ready</c>: send requests here.</summary>
internal static class HealthApi
{
    public static void MapHealthApi(this IEndpointRouteBuilder routes)
    {
        var discovery = routes.ServiceProvider.GetRequiredService<IDiscovery>();
        var drain = routes.ServiceProvider.GetRequiredService<DrainState>();

        Map("/health", () => null);
        Map("/ready", () =>
            drain.IsDraining ? UpstreamErrors.ShuttingDown
            : discovery.IsReady ? null
            : new ForwardError(ForwardFailure.NoReadyEndpoint, "The gateway is still finding its engines."));

        void Map(string path, Func<ForwardError?> check) =>
            routes.Map(path, new AnsweredPath(new AnsweredMethod(HttpMethods.Get, context => AnswerAsync(context, check()))).InvokeAsync);
    }

    private static Task AnswerAsync(HttpContext context, ForwardError? error) => error is null
        ? JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "ok");
            json.WriteEndObject();
        })
        : ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, error);
}
