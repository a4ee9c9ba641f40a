using System.Runtime.InteropServices;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;

namespace Gateway.Hosting;

/// <summary>
/// Ends the process upon a signal: the first drains it, the second cuts what is left. Takes the place of the console lifetime, which would
/// stop the server at the first signal and give running streams only the host's shutdown time.
/// </summary>
internal sealed class DrainingLifetime(
    DrainState state, DrainSequence sequence, IHostApplicationLifetime application, IServer server, ILogger<DrainingLifetime> logger)
    : IHostLifetime, IDisposable
{
    private readonly CancellationTokenSource _endAtOnce = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = Receive(context.Signal)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _endAtOnce.Dispose();
    }

    /// <summary>Returns false for a signal that is left to the system, which ends the process on the spot.</summary>
    internal bool Receive(PosixSignal signal)
    {
        switch (Interlocked.Increment(ref _signals))
        {
            case 1:
                _ = DrainAsync(signal == PosixSignal.SIGINT);
                return true;
            case 2:
                EndAtOnce();
                return true;
            default:
                return false;
        }
    }

    private async Task DrainAsync(bool fromTerminal)
    {
        if (fromTerminal)
            logger.SecondInterruptEndsAtOnce();
        try
        {
            await sequence.RunAsync(skipDelay: fromTerminal, _endAtOnce.Token);
        }
        catch (OperationCanceledException)
        {
            // The second signal: nothing is waited for any more.
        }
        finally
        {
            application.StopApplication();
        }
    }

    private void EndAtOnce()
    {
        logger.EndsAtOnce(state.RunningRequests);
        _endAtOnce.Cancel();

        // A server that is stopped with a cancelled token aborts its connections; stopped by the host it would wait for them first.
        _ = server.StopAsync(new CancellationToken(canceled: true));
        application.StopApplication();
    }
}
