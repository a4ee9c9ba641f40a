using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

/// <summary>An HTTP client for one simulated engine.</summary>
internal sealed class EngineClient(SimulatedEngine engine) : IDisposable
{
    // Long enough for a loaded machine; a test that waits this long has failed.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A client that disposes an answer leaves at once instead of reading the rest for two seconds.
    private readonly HttpClient _client = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = engine.Url, Timeout = Patience };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static HttpRequestMessage Request(string path, string json, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(Request(path, json, headers));

    public Task<HttpResponseMessage> GetAsync(string path, string? bearer = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return SendAsync(request);
    }

    /// <summary>Posts, wants a 200 and reads the document.</summary>
    public async Task<JsonElement> PostJsonAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await PostAsync(path, json, headers);
        string body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {body}");
        return JsonElement.Parse(body);
    }

    public static async Task<JsonElement> JsonOfAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled));

    /// <summary>Posts and reads the stream to its end.</summary>
    public async Task<List<StreamEvent>> StreamAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await PostAsync(path, json, headers);
        string body = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {body}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return StreamEvent.Parse(body);
    }

    public void Dispose() => _client.Dispose();
}
