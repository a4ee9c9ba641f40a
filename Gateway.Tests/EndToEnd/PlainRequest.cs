using System.Text;
using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>A request that is sent as any client would, or that the admin API is asked to explain.</summary>
/// <param name="Body">ASCII.</param>
/// <param name="Headers">Further ones, each line with its end.</param>
/// <param name="Query">Empty, or with its question mark.</param>
/// <param name="Path">Where the client sends it.</param>
/// <param name="ContentType">Of the body.</param>
internal sealed record PlainRequest(
    string Body, string Headers = "", string Query = "", string Path = "/v1/chat/completions", string ContentType = "application/json")
{
    public Task<RawMessage> SendAsync(TestGateway gateway) => ExchangeAsync(gateway, Path + Query);

    /// <summary>Asks for the explanation, whatever comes.</summary>
    public Task<RawMessage> AskForExplanationAsync(TestGateway gateway) =>
        ExchangeAsync(gateway, $"/admin/api/routing/explain?path={Path}{(Query.Length > 1 ? "&" + Query[1..] : "")}");

    public async Task<JsonElement> ExplainAsync(TestGateway gateway)
    {
        RawMessage answer = await AskForExplanationAsync(gateway);
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        return answer.Json;
    }

    private async Task<RawMessage> ExchangeAsync(TestGateway gateway, string target)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        Assert.Equal(Body.Length, Encoding.UTF8.GetByteCount(Body));
        await client.SendAsync(
            $"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\n{Headers}\r\n{Body}");
        return await RawMessage.ReadAsync(client);
    }
}
