using System.Threading.Channels;

namespace Gateway.Tests.EndToEnd;

/// <summary>An engine that keeps every request as it stood on the wire, and answers all of them alike.</summary>
internal sealed class CapturingEngine : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

    private readonly Channel<RawMessage> _requests = Channel.CreateUnbounded<RawMessage>();
    private readonly ScriptedEngine _engine;

    private CapturingEngine(string answer, string model, string ownedBy)
    {
        _engine = ScriptedEngine.Start(
            async (connection, head) =>
            {
                RawMessage request = await RawMessage.ReadBodyAsync(connection, head);
                _requests.Writer.TryWrite(request);
                await connection.SendAsync(answer);
            },
            model,
            ownedBy);
    }

    public Uri Url => _engine.Url;

    public int Requests => _engine.Requests;

    /// <param name="answer">Head and body, as on the wire.</param>
    /// <param name="model">The one it serves.</param>
    /// <param name="ownedBy">Its name in the model card.</param>
    public static CapturingEngine Start(string answer = Ok, string model = "m", string ownedBy = "vllm") => new(answer, model, ownedBy);

    /// <summary>The next request, once its body has come whole.</summary>
    public Task<RawMessage> NextAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().SoonAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
