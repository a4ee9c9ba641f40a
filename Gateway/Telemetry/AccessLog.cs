using System.Threading.Channels;

namespace Gateway.Telemetry;

/// <summary>
/// Takes lines from requests and writes them on a task of its own. A request never waits: when more lines wait than there is room for,
/// the newest are dropped and counted.
/// </summary>
internal sealed class AccessLog : IHostedService
{
    // Some seconds of a busy gateway; about 200 bytes each.
    private const int DefaultCapacity = 16 * 1024;

    private readonly Channel<AccessLogLine> _lines;
    private readonly AccessLogWriter _writer;
    private readonly GatewayMetrics _metrics;
    private Task _writing = Task.CompletedTask;

    public AccessLog(AccessLogOptions options, IAccessLogTarget target, GatewayMetrics metrics, ILogger<AccessLog> logger, int capacity = DefaultCapacity)
    {
        IsEnabled = options.Enabled;
        _metrics = metrics;
        _writer = new AccessLogWriter(target, metrics, logger);
        _lines = Channel.CreateBounded<AccessLogLine>(new BoundedChannelOptions(capacity) { SingleReader = true });
    }

    public bool IsEnabled { get; }

    public void Write(in AccessLogLine line)
    {
        if (!_lines.Writer.TryWrite(line))
            _metrics.AccessLogLinesDropped(1);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsEnabled)
            _writing = Task.Run(() => _writer.WriteAllAsync(_lines.Reader), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Writes what waits. Hosted services stop in reverse order, so that by now the server takes no more requests.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _lines.Writer.TryComplete();
        return _writing.WaitAsync(cancellationToken);
    }
}
