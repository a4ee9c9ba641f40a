using Gateway.Forwarding;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Admin;

/// <summary>The paths under <c>/admin</c>, each behind <see cref="AdminGuard"/>.</summary>
internal static class AdminApi
{
    /// <summary>What the admin API is made of. The mapping store, discovery, the route table, forwarding and the options are registered by the host.</summary>
    public static IServiceCollection AddAdminApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<AdminToken>();
        services.AddSingleton<AdminGuard>();
        services.AddSingleton(new ForbiddenAddresses(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST")));
        services.AddSingleton<RoutingList>();
        services.AddSingleton<RoutingCalls>();
        services.AddSingleton<ExplainCall>();
        services.AddSingleton<DiscoverCall>();
        services.AddSingleton<CordonCalls>();
        services.AddSingleton<StatusCall>();
        return services;
    }

    public static void MapAdminApi(this IEndpointRouteBuilder routes)
    {
        IServiceProvider services = routes.ServiceProvider;
        var guard = services.GetRequiredService<AdminGuard>();
        var routing = services.GetRequiredService<RoutingCalls>();
        var explain = services.GetRequiredService<ExplainCall>();
        var discover = services.GetRequiredService<DiscoverCall>();
        var cordon = services.GetRequiredService<CordonCalls>();
        var status = services.GetRequiredService<StatusCall>();

        Map("/admin/api/routing", new AnsweredPath(
            new(HttpMethods.Get, routing.ListAsync), new(HttpMethods.Post, routing.PutAsync), new(HttpMethods.Delete, routing.DeleteAsync)));
        Map("/admin/api/routing/explain", new AnsweredPath(new AnsweredMethod(HttpMethods.Post, explain.ExplainAsync)));
        Map("/admin/discover", new AnsweredPath(new AnsweredMethod(HttpMethods.Post, discover.RunAsync)));
        Map(CordonCalls.CordonPath, new AnsweredPath(new AnsweredMethod(HttpMethods.Post, cordon.CordonAsync)));
        Map(CordonCalls.UncordonPath, new AnsweredPath(new AnsweredMethod(HttpMethods.Post, cordon.UncordonAsync)));
        Map("/admin/api/status", new AnsweredPath(new AnsweredMethod(HttpMethods.Get, status.ShowAsync)));

        // No caller learns what exists under /admin before the guard has let it in.
        routes.Map("/admin/{**rest}", guard.Protect(AnswerUnknownAsync));

        // Mapped without methods: the framework's own 405 would come before the guard, and in no shape that clients know.
        void Map(string pattern, AnsweredPath path) => routes.Map(pattern, guard.Protect(context => LeaveSocketThreadAsync(context, path)));
    }

    // A status of a thousand endpoints takes its time to write, and requests to engines go on on the thread that received this one.
    private static async Task LeaveSocketThreadAsync(HttpContext context, AnsweredPath path)
    {
        await Task.Yield();
        await path.InvokeAsync(context);
    }

    private static Task AnswerUnknownAsync(HttpContext context) =>
        ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, ForwardFailure.UnknownUrl, $"The admin API has no {context.Request.Path}.");
}
