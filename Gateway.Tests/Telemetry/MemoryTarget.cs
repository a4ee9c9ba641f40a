using System.Text;
using Gateway.Telemetry;

namespace Gateway.Tests.Telemetry;

/// <summary>Takes lines when a test lets it.</summary>
internal sealed class MemoryTarget : IAccessLogTarget
{
    private readonly StringBuilder _text = new();

    public string Name => "memory";

    public bool IsDisposed { get; private set; }

    /// <summary>Awaited by each write.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Completed by the first write.</summary>
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Thrown by each write, when there is one.</summary>
    public IOException? Failure { get; set; }

    public string[] Lines => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines)
    {
        IOException? failure = Failure;
        Entered.TrySetResult();
        await Gate;
        if (failure is not null)
            throw failure;
        _text.Append(Encoding.UTF8.GetString(lines.Span));
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
