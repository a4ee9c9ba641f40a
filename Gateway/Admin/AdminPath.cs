using Gateway.Forwarding;

namespace Gateway.Admin;

/// <summary>One path of the admin API: which method does what.</summary>
internal sealed class AdminPath
{
    private readonly AdminCall[] _calls;
    private readonly string _allow;

    public AdminPath(AdminCall[] calls)
    {
        _calls = calls;
        _allow = string.Join(", ", calls.SelectMany(call =>
            HttpMethods.IsGet(call.Method) ? (string[])[HttpMethods.Get, HttpMethods.Head] : [call.Method]));
    }

    public Task InvokeAsync(HttpContext context)
    {
        // A HEAD is a GET whose body Kestrel drops.
        string method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        foreach (AdminCall call in _calls)
        {
            if (HttpMethods.Equals(call.Method, method))
                return call.Handler(context);
        }

        context.Response.Headers.Allow = _allow;
        return ErrorWriter.WriteAsync(
            context, ApiDialect.OpenAi, ForwardFailure.MethodNotAllowed, $"{context.Request.Path} takes {_allow}, not {context.Request.Method}.");
    }

    public static Task AnswerUnknownAsync(HttpContext context) =>
        ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, ForwardFailure.UnknownUrl, $"The admin API has no {context.Request.Path}.");
}

/// <summary>What one method does.</summary>
internal sealed record AdminCall(string Method, RequestDelegate Handler);
