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

        Map("/health", _ => null);
        Map("/ready", _ =>
            drain.IsDraining ? UpstreamErrors.ShuttingDown
            : discovery.IsReady ? null
            : new ForwardError(ForwardFailure.NoReadyEndpoint, "The gateway is still finding its engines."));

        void Map(string path, Func<HttpContext, ForwardError?> check) => routes.Map(path, context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            {
                context.Response.Headers.Allow = "GET, HEAD";
                return ErrorWriter.WriteAsync(
                    context, ApiDialect.OpenAi, ForwardFailure.MethodNotAllowed, $"{context.Request.Method} is not allowed on {path}; GET is.");
            }

            return check(context) is { } error
                ? ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, error)
                : context.Response.WriteAsJsonAsync(new { status = "ok" }, context.RequestAborted);
        });
    }
}
