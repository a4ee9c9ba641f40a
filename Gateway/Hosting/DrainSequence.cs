using Gateway.Telemetry;

namespace Gateway.Hosting;

/// <summary>
/// The way out of service, step by step: 1 not ready, 2 wait for load balancers to notice, 3 refuse new requests,
/// 4 wait for the running ones, 5 end those that are left.
/// </summary>
internal sealed class DrainSequence(DrainState state, DrainOptions options, TimeProvider timeProvider, ILogger<DrainSequence> logger)
{
    /// <summary>For the last events of streams to leave their sockets, which may take 1 s each, all at the same time.</summary>
    internal static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <param name="skipDelay">Whether nobody has to notice: a person at a terminal wants the process gone.</param>
    /// <param name="cancellationToken">Cancelled when the process must end at once.</param>
    /// <returns>Completes when the process may end.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was.</exception>
    public async Task RunAsync(bool skipDelay, CancellationToken cancellationToken)
    {
        // 1 and 2
        TimeSpan delay = skipDelay ? TimeSpan.Zero : options.Delay;
        state.BeginDraining();
        logger.DrainBegins(delay, options.Timeout);
        await Task.Delay(delay, timeProvider, cancellationToken);

        // 3 and 4
        state.RefuseNew();
        if (await IdleWithinAsync(options.Timeout, cancellationToken))
            return;

        // 5
        logger.DrainTimeIsUp(state.RunningRequests);
        await state.EndRequestsAsync();
        await IdleWithinAsync(LastWords, cancellationToken);
    }

    private async Task<bool> IdleWithinAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await state.Idle.WaitAsync(timeout, timeProvider, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
