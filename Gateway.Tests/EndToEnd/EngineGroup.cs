namespace Gateway.Tests.EndToEnd;

/// <summary>Some endpoints of one engine that share a script: what happens depends on how many requests they have had together, not on who is asked.</summary>
internal sealed class EngineGroup : IAsyncDisposable
{
    private readonly ScriptedEngine[] _engines;
    private readonly List<string> _bodies = [];

    /// <param name="size">How many endpoints.</param>
    /// <param name="answer">Gets the connection and the number of the request, from 1 on, when its body has been read.</param>
    public EngineGroup(int size, Func<RawConnection, int, Task> answer)
    {
        _engines = [.. Enumerable.Range(0, size).Select(_ => ScriptedEngine.Start(async (connection, head) =>
        {
            string body = (await RawMessage.ReadBodyAsync(connection, head)).Body;
            int number;
            lock (_bodies)
            {
                _bodies.Add(body);
                number = _bodies.Count;
            }

            await answer(connection, number);
        }))];
    }

    /// <summary>The body of every request so far.</summary>
    public IReadOnlyList<string> Bodies
    {
        get
        {
            lock (_bodies)
                return [.. _bodies];
        }
    }

    /// <summary>How many of the endpoints have been asked.</summary>
    public int Asked => _engines.Count(engine => engine.Requests > 0);

    public Task<TestGateway> StartGatewayAsync(params string[] arguments) => TestGateway.StartAsync(arguments, _engines);

    public Task<TestGateway> StartGatewayAsync(TimeProvider clock, params string[] arguments) => TestGateway.StartAsync(clock, arguments, _engines);

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptedEngine engine in _engines)
            await engine.DisposeAsync();
    }
}
