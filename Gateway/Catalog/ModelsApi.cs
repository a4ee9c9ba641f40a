using System.Text.Json;
using Gateway.Forwarding;
using Gateway.Routing;

namespace Gateway.Catalog;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>, answered by the gateway itself.</summary>
internal static class ModelsApi
{
    private const string Path = "/v1/models";

    /// <summary>Wants a <see cref="RouteTableHolder"/> and a <see cref="TimeProvider"/> among the services.</summary>
    public static void MapModelsApi(this IEndpointRouteBuilder routes)
    {
        var holder = routes.ServiceProvider.GetRequiredService<RouteTableHolder>();
        long created = routes.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();

        var list = new AnsweredPath(new AnsweredMethod(HttpMethods.Get, context => ListAsync(context, holder.Current, created)));
        var show = new AnsweredPath(new AnsweredMethod(HttpMethods.Get, context => ShowAsync(context, holder.Current, created)));
        routes.Map(Path, list.InvokeAsync);
        routes.Map(Path + "/{**id}", show.InvokeAsync);
    }

    private static Task ListAsync(HttpContext context, RouteTable table, long created)
    {
        bool unique = bool.TryParse(context.Request.Query["unique"], out bool wanted) && wanted;
        return AnswerAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (Route route in ModelCatalog.List(table, AskedOwner(context), unique))
                ModelCardWriter.Write(json, route, created);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Task ShowAsync(HttpContext context, RouteTable table, long created)
    {
        string id = AskedModel(context);
        if (table.Find(id) is not { } model)
        {
            return RefuseAsync(
                context, ForwardFailure.ModelNotFound, $"The model '{id}' does not exist. GET {Path} lists the models there are.", "model");
        }

        string? ownedBy = AskedOwner(context);
        if (ownedBy is null)
        {
            return ModelCatalog.Preferred(model) is { } preferred
                ? AnswerAsync(context, json => ModelCardWriter.Write(json, preferred, created))
                : RefuseAsync(context, ForwardFailure.NoReadyEndpoint, $"The model '{id}' is known, but no endpoint is ready to serve it.");
        }

        if (model.Find(ownedBy) is not { } asked)
        {
            string engines = string.Join(", ", model.Routes.Select(route => route.OwnedBy));
            return RefuseAsync(
                context,
                ForwardFailure.ModelNotFound,
                $"The model '{id}' is not served by the engine '{ownedBy}'. Engines that have it: {engines}.",
                "owned_by");
        }

        return ModelCatalog.IsServed(asked)
            ? AnswerAsync(context, json => ModelCardWriter.Write(json, asked, created))
            : RefuseAsync(
                context,
                ForwardFailure.NoReadyEndpoint,
                $"The model '{id}' is known on the engine '{asked.OwnedBy}', but no endpoint is ready to serve it.");
    }

    // From the path itself: a route value would lose the empty segment of a name such as "/models/llama", which is vLLM's own for a local folder.
    // Kestrel decodes everything in a path but %2F, so that it can be told from a slash; in a model's name both mean the same.
    private static string AskedModel(HttpContext context) =>
        context.Request.Path.Value![(Path.Length + 1)..].Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static string? AskedOwner(HttpContext context) => context.Request.Query["owned_by"].ToString() is { Length: > 0 } owner ? owner : null;

    private static Task AnswerAsync(HttpContext context, Action<Utf8JsonWriter> write) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, write);

    private static Task RefuseAsync(HttpContext context, ForwardFailure failure, string message, string? param = null) =>
        ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, failure, message, param);
}
