using System.Net;
using Gateway.Picking;

namespace Gateway.Forwarding;

/// <summary>Sends a request to one endpoint, once, and says how that ended.</summary>
internal sealed class UpstreamAttempts(HttpMessageInvoker client)
{
    /// <summary>
    /// Has the request leave. The endpoint counts it already, until <see cref="LiveEndpoint.EndRequest"/>, which is the caller's to say unless this or
    /// <see cref="EndAsync"/> throws.
    /// </summary>
    /// <returns>The head of the answer, which <see cref="EndAsync"/> takes.</returns>
    public Task<HttpResponseMessage> Begin(Exchange exchange, in PickedEndpoint picked, out RequestContent content)
    {
        try
        {
            exchange.TakeRoute(picked.Route);
            HttpRequestMessage request = UpstreamRequests.Create(exchange, picked);
            content = (RequestContent)request.Content!;
            exchange.Deadline.Enter(DeadlineCause.FirstByteTimeout, exchange.FirstByteLimit);
            exchange.Record.Depart(picked, request);
            return client.SendAsync(request, exchange.Deadline.Token);
        }
        catch
        {
            picked.Endpoint.EndRequest();
            throw;
        }
    }

    public static async ValueTask<Attempt> EndAsync(Exchange exchange, PickedEndpoint picked, RequestContent content, Task<HttpResponseMessage> head)
    {
        try
        {
            HttpResponseMessage response = await head;
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                // Never asked for, and the connection would be nobody's: the handler waits for its end as for a body.
                response.Dispose();
                throw new HttpRequestException(HttpRequestError.InvalidResponse, "The engine switched protocols without having been asked to.");
            }

            content.EndPhases();
            picked.Endpoint.ReportAnswer();
            return new Attempt(picked, content, AttemptOutcome.Answered, response, null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            await content.Finished;
            return new Attempt(picked, content, Classify(exchange, content, failure), null, failure);
        }
        catch
        {
            picked.Endpoint.EndRequest();
            throw;
        }
    }

    private static AttemptOutcome Classify(Exchange exchange, RequestContent content, Exception failure)
    {
        if (exchange.Deadline.Cause == DeadlineCause.ClientLeft || content.ClientFailure is not null)
            return AttemptOutcome.ClientFailed;
        if (exchange.Deadline.Cause != DeadlineCause.None)
            return AttemptOutcome.Expired;
        if (content.Error is not null)
            return AttemptOutcome.BodyRejected;
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is StaleConnectionException)
                return AttemptOutcome.Stale;
        }

        // The only other timer that cancels is the handler's own, for the connection.
        if (failure is OperationCanceledException)
            return AttemptOutcome.ConnectFailed;
        return failure is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        }
            ? AttemptOutcome.ConnectFailed
            : AttemptOutcome.Reset;
    }
}
