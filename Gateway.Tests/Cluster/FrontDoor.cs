using System.Net;
using System.Net.Http.Json;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>Sends requests to the gateways that say they are ready, in turn, as a Service in front of them does.</summary>
internal sealed class FrontDoor : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TestTime.Generous };
    private readonly SortedSet<long> _sending = [];
    private volatile TestGateway[] _gateways = [];
    private long _last;

    public void Add(TestGateway gateway) => _gateways = [.. _gateways, gateway];

    public void Remove(TestGateway gateway) => _gateways = [.. _gateways.Where(other => other != gateway)];

    /// <summary>Returns with the head of the answer.</summary>
    public async Task<HttpResponseMessage> SendAsync(object chat)
    {
        long number = Begin();
        try
        {
            TestGateway[] gateways = _gateways;
            for (int i = 0; i < gateways.Length; i++)
            {
                TestGateway next = gateways[(number + i) % gateways.Length];
                if (await IsReadyAsync(next))
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(next.Url, "/v1/chat/completions")) { Content = JsonContent.Create(chat) };
                    return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
                }
            }

            throw new InvalidOperationException("No gateway is ready.");
        }
        finally
        {
            lock (_sending)
                _sending.Remove(number);
        }
    }

    /// <summary>Waits until every request whose gateway may have been chosen before now has its head: later ones see who is ready now.</summary>
    public Task UntilEarlierOnesAreAnsweredAsync()
    {
        long now;
        lock (_sending)
            now = _last;
        return TestTime.UntilAsync(
            () =>
            {
                lock (_sending)
                    return _sending.Count == 0 || _sending.Min > now;
            },
            "earlier requests are answered");
    }

    public void Dispose() => _client.Dispose();

    private long Begin()
    {
        lock (_sending)
        {
            _sending.Add(++_last);
            return _last;
        }
    }

    private async Task<bool> IsReadyAsync(TestGateway gateway)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri(gateway.Url, "/ready"), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // It has gone.
            return false;
        }
    }
}
