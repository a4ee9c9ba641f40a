using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Admin;

/// <summary>
/// Takes an endpoint out of service by hand: no new requests, while running ones go on. In this replica only, and not kept over a restart:
/// the annotation of a pod is for what has to last.
/// </summary>
internal sealed class CordonCalls(EndpointRegistry endpoints, ILogger<CordonCalls> logger)
{
    public const string CordonPath = $"/admin/api/endpoints/{{{Address}}}/cordon";
    public const string UncordonPath = $"/admin/api/endpoints/{{{Address}}}/uncordon";

    private const string Address = "address";

    public Task CordonAsync(HttpContext context) => SetAsync(context, isCordoned: true);

    public Task UncordonAsync(HttpContext context) => SetAsync(context, isCordoned: false);

    private Task SetAsync(HttpContext context, bool isCordoned)
    {
        string given = (string)context.Request.RouteValues[Address]!;
        LiveEndpoint[] named = Find(given);
        if (named.Length == 0)
            return ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, ForwardFailure.EndpointNotFound, $"There is no endpoint '{given}'; GET /admin/api/status lists those that there are.");

        foreach (LiveEndpoint endpoint in named)
        {
            if (endpoint.IsCordoned == isCordoned)
                continue;
            endpoint.IsCordoned = isCordoned;
            if (isCordoned)
                AdminLog.Cordoned(logger, endpoint.Address);
            else
                AdminLog.Uncordoned(logger, endpoint.Address);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // The name does not say by which scheme and protocol it is spoken to: where it is known by several, all of them are meant.
    private LiveEndpoint[] Find(string given) => EndpointAddress.TryParse($"http://{given}", http2: false, out EndpointAddress? address)
        ? [.. endpoints.All.Where(endpoint => endpoint.Address.Authority == address.Authority)]
        : [];
}
