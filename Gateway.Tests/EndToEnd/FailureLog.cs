using Microsoft.Extensions.Logging;

namespace Gateway.Tests.EndToEnd;

/// <summary>Keeps what the gateway's own code logs as an error: in no test is there a reason for any.</summary>
internal sealed class FailureLog : ILoggerProvider
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_failures)
                return [.. _failures];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith("Gateway.", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Logger(FailureLog log, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isOurs && logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            lock (log._failures)
                log._failures.Add($"{formatter(state, exception)} {exception}");
        }
    }
}
