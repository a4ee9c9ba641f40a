using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Sends the paths that are proxied down the <see cref="RequestPipeline"/>, and leaves all others to what comes behind it.</summary>
internal sealed class ProxyMiddleware(
    RequestDelegate next, RequestPipeline pipeline, ForwardingSettingsHolder settings, IRequestGate gate, ILogger<ProxyMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        string requestId = RequestIds.Assign(context);
        ForwardingSettings current = settings.Current;
        return current.Paths.Find(context.Request.Path.Value) is { } path
            ? ProxyAsync(context, path, current, requestId)
            : GuardAsync(next(context), context, ApiDialect.OpenAi, requestId);
    }

    private async Task ProxyAsync(HttpContext context, ProxiedPath path, ForwardingSettings current, string requestId)
    {
        bool isOpen = gate.Enter(context);
        try
        {
            Task work;
            if (!HttpMethods.IsPost(context.Request.Method))
                work = RefuseMethodAsync(context, path);
            else if (!isOpen)
                work = ErrorWriter.WriteAsync(context, path.Dialect, UpstreamErrors.ShuttingDown);
            else
                work = pipeline.ForwardAsync(context, path, current, requestId);
            await GuardAsync(work, context, path.Dialect, requestId);
        }
        finally
        {
            gate.Leave();
        }
    }

    private static Task RefuseMethodAsync(HttpContext context, ProxiedPath path)
    {
        context.Response.Headers.Allow = HttpMethods.Post;
        return ErrorWriter.WriteAsync(
            context, path.Dialect, ForwardFailure.MethodNotAllowed, $"{context.Request.Method} is not allowed on {path.Path}; POST is.");
    }

    private async Task GuardAsync(Task work, HttpContext context, ApiDialect dialect, string requestId)
    {
        try
        {
            await work;
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
                context, dialect, ForwardFailure.InternalError, $"The gateway failed on this request; its log has the reason under the request id {requestId}.");
        }
    }
}
