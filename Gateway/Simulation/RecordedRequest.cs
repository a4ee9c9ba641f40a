using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Simulation;

/// <summary>One request as an engine received it. Safe to read while it still arrives.</summary>
internal sealed class RecordedRequest
{
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly TaskCompletionSource<bool> _bodyEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RequestOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Action _changed;

    /// <param name="context">The request.</param>
    /// <param name="changed">Called whenever there is more to see.</param>
    public RecordedRequest(HttpContext context, Action changed)
    {
        _changed = changed;
        Method = context.Request.Method;
        Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Protocol = context.Request.Protocol;
        Headers = [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")))];
        ConnectionId = context.Connection.Id;
    }

    public string Method { get; }

    /// <summary>Path and query as they came, nothing decoded.</summary>
    public string Target { get; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2</c>.</summary>
    public string Protocol { get; }

    /// <summary>Every value of every header, bytes above 127 as Latin-1. Names that are well known come in their usual spelling.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The same for two requests that came over one connection.</summary>
    public string ConnectionId { get; }

    /// <summary>The bytes received so far, without the framing of chunks.</summary>
    public byte[] Body
    {
        get
        {
            lock (_lock)
                return _body.WrittenSpan.ToArray();
        }
    }

    public string BodyText => Encoding.UTF8.GetString(Body);

    public bool BodyComplete => _bodyEnded.Task is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>True once the body has come whole, false when it has ended early or was not read.</summary>
    public Task<bool> BodyEnded => _bodyEnded.Task;

    public Task<RequestOutcome> Ended => _ended.Task;

    public RequestOutcome? Outcome => _ended.Task.IsCompletedSuccessfully ? _ended.Task.Result : null;

    /// <summary>The only value of a header, or all of them joined by commas; null when it is absent.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }

    public void AppendBody(in ReadOnlySequence<byte> bytes)
    {
        lock (_lock)
        {
            foreach (ReadOnlyMemory<byte> segment in bytes)
                _body.Write(segment.Span);
        }

        _changed();
    }

    public void EndBody(bool complete)
    {
        if (_bodyEnded.TrySetResult(complete))
            _changed();
    }

    public void End(RequestOutcome outcome)
    {
        EndBody(complete: false);
        _ended.TrySetResult(outcome);
        _changed();
    }
}
