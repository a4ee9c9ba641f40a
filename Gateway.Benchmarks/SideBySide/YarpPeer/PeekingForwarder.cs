using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Benchmarks.SideBySide.YarpPeer;

/// <summary>Peeks, picks an engine, and lets YARP forward what it has not consumed: the whole body.</summary>
internal sealed class PeekingForwarder(IHttpForwarder forwarder, HttpMessageInvoker client, EngineTable engines)
{
    // A model may think for minutes before it says anything, and YARP gives up after 100 s.
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(10) };

    public async Task InvokeAsync(HttpContext context)
    {
        RoutingMembers members = await RoutingMembers.PeekAsync(context.Request.BodyReader, context.RequestAborted);
        if (members.Malformed || engines.Find(members.Model, members.OwnedBy) is not { } candidates)
        {
            context.Response.StatusCode = members.Malformed ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
            return;
        }

        YarpEngine engine = EngineTable.Pick(candidates);
        Interlocked.Increment(ref engine.InFlight);
        try
        {
            await forwarder.SendAsync(context, engine.Prefix, client, Config, HttpTransformer.Default);
        }
        finally
        {
            Interlocked.Decrement(ref engine.InFlight);
        }
    }
}
