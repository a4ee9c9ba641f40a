using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Sends the paths that are proxied down the <see cref="RequestPipeline"/>, and leaves all others to what comes behind it.</summary>
internal sealed class ProxyMiddleware(
    RequestDelegate next, RequestPipeline pipeline, ForwardingSettingsHolder settings, ILogger<ProxyMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        string requestId = RequestIds.Assign(context);
        ForwardingSettings current = settings.Current;
        ProxiedPath? path = current.Paths.Find(context.Request.Path.Value);
        if (path is null)
            return GuardAsync(next(context), context, ApiDialect.OpenAi, requestId);

        if (HttpMethods.IsPost(context.Request.Method))
            return GuardAsync(pipeline.ForwardAsync(context, path, current, requestId), context, path.Dialect, requestId);

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
