namespace Gateway.Forwarding;

/// <summary>One path that the gateway answers by itself: which method does what.</summary>
internal sealed class AnsweredPath
{
    private readonly AnsweredMethod[] _methods;
    private readonly string _allow;

    public AnsweredPath(params AnsweredMethod[] methods)
    {
        _methods = methods;
        _allow = string.Join(", ", methods.SelectMany(method =>
            HttpMethods.IsGet(method.Name) ? (string[])[HttpMethods.Get, HttpMethods.Head] : [method.Name]));
    }

    public Task InvokeAsync(HttpContext context)
    {
        // A HEAD is a GET whose body Kestrel drops.
        string name = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        foreach (AnsweredMethod method in _methods)
        {
            if (HttpMethods.Equals(method.Name, name))
                return method.Handler(context);
        }

        context.Response.Headers.Allow = _allow;
        return ErrorWriter.WriteAsync(
            context, ApiDialect.OpenAi, ForwardFailure.MethodNotAllowed, $"{context.Request.Path} takes {_allow}, not {context.Request.Method}.");
    }
}

/// <summary>What one method does.</summary>
internal sealed record AnsweredMethod(string Name, RequestDelegate Handler);
