using System.Collections.Concurrent;
using System.Net;
using System.Net.ServerSentEvents;

namespace Gateway.Tests.Cluster;

/// <summary>
/// Clients without a rest: some hold a stream open, and open the next when it has ended; some send one short request after the other.
/// None of them tries anything again.
/// </summary>
internal sealed class ClientLoad
{
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly FrontDoor _door;
    private volatile bool _isOver;
    private int _openStreams;
    private int _answers;

    /// <param name="door">Where to.</param>
    /// <param name="streams">Held open at the same time.</param>
    /// <param name="requests">Made at the same time.</param>
    public ClientLoad(FrontDoor door, int streams, int requests)
    {
        _door = door;
        Ended = Task.WhenAll([
            .. Enumerable.Range(0, streams).Select(_ => Task.Run(() => RepeatAsync(StreamAsync))),
            .. Enumerable.Range(0, requests).Select(_ => Task.Run(() => RepeatAsync(AskAsync))),
        ]);
    }

    /// <summary>Streams whose head has come, and whose end has not.</summary>
    public int OpenStreams => Volatile.Read(ref _openStreams);

    /// <summary>Short requests answered.</summary>
    public int Answers => Volatile.Read(ref _answers);

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Completes after <see cref="End"/>, when every request has its answer.</summary>
    public Task Ended { get; }

    /// <summary>Nothing new is begun.</summary>
    public void End() => _isOver = true;

    private async Task RepeatAsync(Func<Task> once)
    {
        while (!_isOver)
        {
            try
            {
                await once();
            }
            catch (Exception failed)
            {
                _failures.Enqueue(failed.ToString());
            }
        }
    }

    private async Task AskAsync()
    {
        using HttpResponseMessage answer = await _door.SendAsync(new { model = "m", owned_by = "vllm", max_tokens = 1, messages = Array.Empty<object>() });
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
            _failures.Enqueue($"{answer.StatusCode}: {body}");
        Interlocked.Increment(ref _answers);
    }

    private async Task StreamAsync()
    {
        using HttpResponseMessage answer = await _door.SendAsync(new { model = "m", owned_by = "vllm", stream = true, messages = Array.Empty<object>() });
        Interlocked.Increment(ref _openStreams);
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            string last = "";
            await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync(TestContext.Current.CancellationToken))
                last = item.Data;
            if (last != "[DONE]")
                _failures.Enqueue($"{answer.StatusCode}, and the last event is '{last}'");
        }
        finally
        {
            Interlocked.Decrement(ref _openStreams);
        }
    }
}
