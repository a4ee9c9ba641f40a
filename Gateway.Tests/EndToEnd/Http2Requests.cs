using System.Net;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>Requests over HTTP/2 in the clear, by prior knowledge.</summary>
internal static class Http2Requests
{
    public static HttpRequestMessage Post(string path, HttpContent content) => new(HttpMethod.Post, path)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    public static HttpRequestMessage Post(string path, string json) => Post(path, new StringContent(json, Encoding.UTF8, "application/json"));
}
