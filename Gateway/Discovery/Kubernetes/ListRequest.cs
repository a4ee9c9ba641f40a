using System.Diagnostics.CodeAnalysis;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Somebody's wish for a full list now, and its fulfilment.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source that has no timer holds nothing to dispose of.")]
internal sealed class ListRequest
{
    private readonly CancellationTokenSource _made = new();
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled once it is made.</summary>
    public CancellationToken Made => _made.Token;

    /// <summary>Completed when the API server has been asked, whatever it said.</summary>
    public Task Answered => _answered.Task;

    public void Make() => _made.Cancel();

    public void Answer() => _answered.TrySetResult();
}
