using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Sends the paths that are proxied down the <see cref="RequestPipeline"/>, and leaves all others to what comes behind it.</summary>
internal sealed class ProxyMiddleware(
    RequestDelegate next, RequestPipeline pipeline, ForwardingSettingsHolder settings, IRequestGate gate, ILogger<ProxyMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        string requestId = RequestIds.Assign(context);
        ForwardingSettings current = settings.Current;
        ProxiedPath? path = current.Paths.Find(context.Request.Path.Value);
        bool isOpen = path is null || gate.Enter(context);
        try
        {
            await (path is null ? next(context) : ProxyAsync(context, path, current, requestId, isOpen));
        }
        catch (Exception left) when (context.RequestAborted.IsCancellationRequested && left is OperationCanceledException or IOException)
        {
            // The client has left in the middle of something: there is nobody to tell.
        }
        catch (Exception failure) when (failure is not (TruncatedResponseException or BadHttpRequestException))
        {
            ForwardingLog.Unhandled(logger, failure, requestId);
            if (context.Response.HasStarted)
                throw;
            context.Response.Clear();
            context.Response.Headers[HeaderRules.RequestId] = requestId;
            await ErrorWriter.WriteAsync(
                context,
                path?.Dialect ?? ApiDialect.OpenAi,
                ForwardFailure.InternalError,
                $"The gateway failed on this request; its log has the reason under the request id {requestId}.");
        }
        finally
        {
            if (path is not null)
                gate.Leave();
        }
    }

    private Task ProxyAsync(HttpContext context, ProxiedPath path, ForwardingSettings current, string requestId, bool isOpen)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            return RefuseMethodAsync(context, path);
        return isOpen
            ? pipeline.ForwardAsync(context, path, current, requestId)
            : ErrorWriter.WriteAsync(context, path.Dialect, UpstreamErrors.ShuttingDown);
    }

    private static Task RefuseMethodAsync(HttpContext context, ProxiedPath path)
    {
        context.Response.Headers.Allow = HttpMethods.Post;
        return ErrorWriter.WriteAsync(
            context, path.Dialect, ForwardFailure.MethodNotAllowed, $"{context.Request.Method} is not allowed on {path.Path}; POST is.");
    }
}
