using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>One watch that is open: writes a line for each change it selects, until it is told how to end.</summary>
internal sealed class FakeWatch(FakeSelection selection)
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private volatile bool _isSilent;
    private volatile bool _isCut;

    public string Resource => selection.Kind.Plural;

    public void Offer(FakeChange change)
    {
        if (change.SeenBy(selection) is { } seen)
            Send(seen);
    }

    public void SendBookmark(long revision)
    {
        if (!selection.WantsBookmarks)
            return;

        var bookmark = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = $"{revision}", ["creationTimestamp"] = null } };
        FakeValidation.Prepare(selection.Kind, bookmark);
        Send(FakeChange.Event("BOOKMARK", bookmark));
    }

    public void SendError(FakeStatusException error) => Send(FakeChange.Event("ERROR", error.Body));

    /// <summary>From now on says nothing any more, and stays open.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>Ends as at its timeoutSeconds.</summary>
    public void Close() => _lines.Writer.TryComplete();

    /// <summary>Ends in the middle of an event, as when a proxy between loses its other side.</summary>
    public void CloseMidLine()
    {
        _lines.Writer.TryWrite("""{"type":"ADDED","object":{"kind":"Po""");
        Close();
    }

    /// <summary>Breaks the connection.</summary>
    public void Cut()
    {
        _isCut = true;
        Close();
    }

    public async Task RunAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync(context.RequestAborted);
        await foreach (string line in _lines.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        if (_isCut)
            context.Abort();
    }

    private void Send(JsonObject line)
    {
        if (!_isSilent)
            _lines.Writer.TryWrite(line.ToJsonString() + "\n");
    }
}
