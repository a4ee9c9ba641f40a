using System.Net;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>An HTTP/2 client in the clear that keeps to one connection.</summary>
internal sealed class Http2Client : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = false });
    private readonly Uri _url;

    public Http2Client(Uri gateway)
    {
        _url = gateway;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, CancellationToken cancellationToken) =>
        PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>Returns with the answer's head; disposing the answer, or cancelling before, resets the stream.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content, CancellationToken cancellationToken) => _client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, new Uri(_url, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        },
        cancellationToken).SoonAsync();

    public void Dispose() => _client.Dispose();
}

/// <summary>Reads a streamed answer piece by piece.</summary>
internal sealed class AnswerReader(HttpResponseMessage answer)
{
    private readonly StringBuilder _read = new();
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>Everything up to and including the text; fails when the answer ends before.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (!_read.ToString().Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadAsync() > 0, $"The answer ended before '{text}'; it said: {_read}");
        return _read.ToString();
    }

    /// <summary>All there is, and how it ended: null for a clean end.</summary>
    public async Task<(string Text, Exception? Failure)> ReadToEndAsync()
    {
        try
        {
            while (await ReadAsync() > 0)
            {
            }

            return (_read.ToString(), null);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return (_read.ToString(), failure);
        }
    }

    private async Task<int> ReadAsync()
    {
        Stream body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        int read = await body.ReadAsync(_buffer, TestContext.Current.CancellationToken).AsTask().SoonAsync();
        _read.Append(Encoding.UTF8.GetString(_buffer, 0, read));
        return read;
    }
}
