using Gateway.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Gateway.Hosting;

/// <summary>
/// Holds the options in force. Engines, mappings and routing follow the configuration while the gateway runs, all else stays as it was at
/// the start; a configuration that can't be used changes nothing. <see cref="Current"/> is an immutable snapshot behind one reference.
/// </summary>
internal sealed class GatewayOptionsMonitor : IDisposable
{
    /// <summary>One save touches several sources and raises several tokens; what they say is read once, this long after the last.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);

    private static readonly string[] Reloaded =
        [nameof(GatewayOptions.Engines), nameof(GatewayOptions.Mappings), nameof(GatewayOptions.Routing)];

    private readonly IConfiguration _configuration;
    private readonly ILogger<GatewayOptionsMonitor> _logger;
    private readonly Dictionary<string, string?> _startedWith;
    private readonly ITimer _timer;
    private readonly IDisposable _subscription;
    private readonly Lock _reading = new();
    private Dictionary<string, string?> _inForce;
    private volatile GatewayOptions _current;

    /// <param name="configuration">Where changes come from.</param>
    /// <param name="options">What <see cref="GatewayOptionsReader"/> read from it at the start.</param>
    /// <param name="timeProvider">Counts the quiet time.</param>
    /// <param name="logger">Told what was taken over and what was not.</param>
    public GatewayOptionsMonitor(
        IConfiguration configuration, GatewayOptions options, TimeProvider timeProvider, ILogger<GatewayOptionsMonitor> logger)
    {
        _configuration = configuration;
        _logger = logger;
        _current = options;
        _inForce = Entries(reloaded: true);
        _startedWith = Entries(reloaded: false);
        _timer = timeProvider.CreateTimer(
            static monitor => ((GatewayOptionsMonitor)monitor!).ReadAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, () => _timer.Change(Quiet, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Raised after <see cref="Current"/> has changed, on a thread of the pool; handlers don't throw.</summary>
    public event Action<GatewayOptions>? Changed;

    public GatewayOptions Current => _current;

    public void Dispose()
    {
        _subscription.Dispose();
        _timer.Dispose();
    }

    private void ReadAgain()
    {
        lock (_reading)
        {
            GatewayOptions read;
            try
            {
                read = GatewayOptionsReader.Read(_configuration);
            }
            catch (ConfigurationException exception)
            {
                _logger.ConfigurationKept(exception.Message);
                return;
            }

            WarnOfRestart();
            Dictionary<string, string?> entries = Entries(reloaded: true);
            if (Same(entries, _inForce))
                return;

            _inForce = entries;
            _current = WithReloaded(read);
            _logger.ConfigurationReloaded(read.Engines.Count, read.Mappings.Count);
            Changed?.Invoke(_current);
        }
    }

    private GatewayOptions WithReloaded(GatewayOptions read) => new()
    {
        Engines = read.Engines,
        Mappings = read.Mappings,
        Routing = read.Routing,
        Kubernetes = _current.Kubernetes,
        Limits = _current.Limits,
        Timeouts = _current.Timeouts,
        Retry = _current.Retry,
        Streams = _current.Streams,
        Drain = _current.Drain,
        Admin = _current.Admin,
        State = _current.State,
        AccessLog = _current.AccessLog,
        ExposeEndpoint = _current.ExposeEndpoint,
    };

    private void WarnOfRestart()
    {
        Dictionary<string, string?> now = Entries(reloaded: false);
        string[] changed =
        [
            .. now.Keys.Union(_startedWith.Keys, StringComparer.OrdinalIgnoreCase)
                .Where(key => now.GetValueOrDefault(key) != _startedWith.GetValueOrDefault(key))
                .Order(StringComparer.OrdinalIgnoreCase)
        ];
        if (changed.Length > 0)
            _logger.RestartNeeded(string.Join(", ", changed));
    }

    /// <summary>The entries of the parts that reload, or of the others.</summary>
    private Dictionary<string, string?> Entries(bool reloaded)
    {
        IEnumerable<KeyValuePair<string, string?>> entries = _configuration.GetSection(GatewayOptions.SectionName).GetChildren()
            .Where(part => Reloaded.Contains(part.Key, StringComparer.OrdinalIgnoreCase) == reloaded)
            .SelectMany(part => part.AsEnumerable())
            .Where(entry => entry.Value is not null);
        return new Dictionary<string, string?>(entries, StringComparer.OrdinalIgnoreCase);
    }

    private static bool Same(Dictionary<string, string?> left, Dictionary<string, string?> right) =>
        left.Count == right.Count && left.All(entry => right.TryGetValue(entry.Key, out string? value) && value == entry.Value);
}
