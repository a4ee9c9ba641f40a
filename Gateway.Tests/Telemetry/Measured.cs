using System.Diagnostics.Metrics;
using System.Globalization;
using Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Telemetry;

/// <summary>Metrics, and everything that is recorded with them.</summary>
internal sealed class Measured : IDisposable
{
    private readonly ServiceProvider? _services;
    private readonly MeterListener _listener = new();
    private readonly List<Recorded> _recorded = [];

    /// <summary>Metrics of their own.</summary>
    public Measured()
        : this(new ServiceCollection().AddMetrics().BuildServiceProvider())
    {
    }

    /// <param name="metrics">Those of a gateway.</param>
    public Measured(GatewayMetrics metrics)
    {
        Metrics = metrics;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, Metrics.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    private Measured(ServiceProvider services)
        : this(new GatewayMetrics(services.GetRequiredService<IMeterFactory>())) => _services = services;

    public GatewayMetrics Metrics { get; }

    /// <summary>As <c>value {key=value, …}</c>, in the order of recording.</summary>
    public string[] Of(string instrument)
    {
        lock (_recorded)
            return [.. _recorded.Where(recorded => recorded.Instrument.Name == instrument).Select(recorded => recorded.Text)];
    }

    /// <summary>Reads what is only measured when somebody looks.</summary>
    public string[] Observe(string instrument)
    {
        lock (_recorded)
            _recorded.RemoveAll(recorded => recorded.Instrument.Name == instrument);
        _listener.RecordObservableInstruments();
        return Of(instrument);
    }

    /// <summary>The sum over all attributes of what is only measured when somebody looks.</summary>
    public long Total(string instrument) =>
        Observe(instrument).Sum(text => long.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));

    public void Dispose()
    {
        _listener.Dispose();
        _services?.Dispose();
    }

    private void Keep<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string all = string.Join(", ", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        lock (_recorded)
            _recorded.Add(new Recorded(instrument, FormattableString.Invariant($"{value} {{{all}}}")));
    }

    private sealed record Recorded(Instrument Instrument, string Text);
}
