using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Simulation;

/// <summary>What Kestrel calls for every request of one engine: finds the answer, and notes how the exchange ended.</summary>
internal sealed class EngineApplication(EngineState engine) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel keeps one context per connection for whoever asks: one allocation less per request.
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            return new DefaultHttpContext(contextFeatures);

        DefaultHttpContext context = container.HostContext ??= new DefaultHttpContext();
        context.Initialize(contextFeatures);
        return context;
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();

    public async Task ProcessRequestAsync(DefaultHttpContext context)
    {
        engine.CountReceived();
        RecordedRequest? recorded = engine.Settings.Record ? engine.Requests.Add(context) : null;
        var exchange = new Exchange(context, engine, recorded);
        bool cut = false;
        try
        {
            await EngineRoutes.AnswerAsync(exchange);
            if (!exchange.IsBroken)
                await exchange.EndAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // A wait that the client's leaving ended, or a body that broke off.
            cut = true;
        }
        finally
        {
            RequestOutcome outcome = OutcomeOf(exchange, cut || context.RequestAborted.IsCancellationRequested);
            engine.CountEnded(outcome);
            recorded?.End(outcome);
        }
    }

    private RequestOutcome OutcomeOf(Exchange exchange, bool cut)
    {
        if (exchange.IsBroken || (cut && !engine.Alive))
            return RequestOutcome.Faulted;
        return cut ? RequestOutcome.ClientLeft : RequestOutcome.Completed;
    }
}
