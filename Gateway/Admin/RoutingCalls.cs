using Gateway.Forwarding;
using Gateway.Routing;
using Gateway.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Gateway.Admin;

/// <summary>The calls of <c>/admin/api/routing</c>.</summary>
internal sealed class RoutingCalls(IMappingStore store, RoutingList list, ForbiddenAddresses forbidden, ILogger<RoutingCalls> logger)
{
    // What a ConfigMap holds in all; a mapping of a thousand endpoints is 30 KB.
    private const int LargestBody = 1024 * 1024;

    private const string MalformedIfMatch = "'If-Match' must be * or revisions in quotes, as in the ETag of GET /admin/api/routing, for example \"7\".";

    /// <summary>
    /// The ETag is the revision, for a later If-Match. It is not compared with If-None-Match: states and discovered routes change without a
    /// revision, and a 304 would hide that.
    /// </summary>
    public Task ListAsync(HttpContext context)
    {
        MappingSnapshot snapshot = store.Current;
        IReadOnlyList<RoutingEntry> entries = list.With(snapshot);
        context.Response.Headers.ETag = IfMatch.Tag(snapshot.Revision);
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteNumber("revision", snapshot.Revision);
            json.WriteStartArray("data");
            foreach (RoutingEntry entry in entries)
                entry.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    public async Task PutAsync(HttpContext context)
    {
        if (await SmallBody.ReadAsync(context.Request, LargestBody, context.RequestAborted) is not { } body)
        {
            await FailAsync(context, ForwardFailure.RequestTooLarge, $"A mapping may have at most {LargestBody} bytes.");
            return;
        }

        MappingReading reading = MappingJson.Parse(body);
        if (reading.Mapping is not { } mapping)
        {
            await FailAsync(context, ForwardFailure.InvalidMapping, reading.Problem!, reading.Member);
            return;
        }

        if (forbidden.FindObjection(mapping) is { } objection)
        {
            await FailAsync(context, ForwardFailure.InvalidMapping, objection);
            return;
        }

        if (!IfMatch.TryRead(context.Request, store.Current.Revision, out long? expected))
        {
            await FailAsync(context, ForwardFailure.InvalidMapping, MalformedIfMatch, "If-Match");
            return;
        }

        MappingWrite write = await store.PutAsync(mapping, expected, context.RequestAborted);
        if (write.Outcome is not (MappingWriteOutcome.Created or MappingWriteOutcome.Replaced))
        {
            await FailAsync(context, mapping.Key, write);
            return;
        }

        AdminLog.MappingKept(logger, mapping.Model, mapping.OwnedBy, write.Snapshot.Revision);
        context.Response.Headers.ETag = IfMatch.Tag(write.Snapshot.Revision);
        int status = write.Outcome == MappingWriteOutcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await JsonAnswer.WriteAsync(context, status, list.Of(write.Snapshot, mapping.Key).Write);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        foreach (string parameter in (string[])["model", "owned_by"])
        {
            StringValues given = context.Request.Query[parameter];
            if (given.Count != 1 || string.IsNullOrEmpty(given))
            {
                await FailAsync(context, ForwardFailure.InvalidMapping, $"The query must name '{parameter}' once: ?model=…&owned_by=….", parameter);
                return;
            }
        }

        if (!IfMatch.TryRead(context.Request, store.Current.Revision, out long? expected))
        {
            await FailAsync(context, ForwardFailure.InvalidMapping, MalformedIfMatch, "If-Match");
            return;
        }

        string model = context.Request.Query["model"]!;
        string ownedBy = context.Request.Query["owned_by"]!;
        var key = new MappingKey(model, EngineNames.Canonical(ownedBy));
        MappingWrite write = await store.DeleteAsync(key, expected, context.RequestAborted);
        if (write.Outcome != MappingWriteOutcome.Deleted)
        {
            await FailAsync(context, key, write);
            return;
        }

        AdminLog.MappingDeleted(logger, model, ownedBy, write.Snapshot.Revision);
        context.Response.Headers.ETag = IfMatch.Tag(write.Snapshot.Revision);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task FailAsync(HttpContext context, MappingKey key, MappingWrite write)
    {
        string pair = $"'{key.Model}' on '{key.Engine}'";
        switch (write.Outcome)
        {
            case MappingWriteOutcome.NotFound when list.HasOtherThanAdmin(key):
                return FailAsync(
                    context,
                    ForwardFailure.MappingNotRemovable,
                    $"{pair} was discovered or stands in the configuration; only mappings made through the admin API can be deleted here.");
            case MappingWriteOutcome.NotFound:
                return FailAsync(context, ForwardFailure.MappingNotFound, $"There is no mapping of {pair}.");
            case MappingWriteOutcome.StaleRevision:
                context.Response.Headers.ETag = IfMatch.Tag(write.Snapshot.Revision);
                return FailAsync(
                    context, ForwardFailure.StaleRevision, $"'If-Match' names another revision than the current one, {write.Snapshot.Revision}.", "If-Match");
            case MappingWriteOutcome.StoreFull:
                return FailAsync(context, ForwardFailure.StoreFull, $"The store of mappings is full, nothing was changed: {write.Detail}");
            case MappingWriteOutcome.Unavailable:
                return FailAsync(context, ForwardFailure.StoreUnavailable, $"The change of {pair} is not acknowledged: {write.Detail}");
            default:
                throw new InvalidOperationException($"A write that came out as {write.Outcome} is no failure.");
        }
    }

    private static Task FailAsync(HttpContext context, ForwardFailure failure, string message, string? param = null) =>
        ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, failure, message, param);
}
