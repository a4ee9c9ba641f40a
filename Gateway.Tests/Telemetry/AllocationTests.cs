using System.Diagnostics.Metrics;
using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class AllocationTests
{
    [Fact]
    public void RecordingARequest_AllocatesNothing()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new GatewayMetrics(services.GetRequiredService<IMeterFactory>());
        int measurements = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => measurements += tags.Length > 0 ? 1 : 0);
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => measurements += tags.Length > 0 ? 1 : 0);
        listener.Start();

        using var request = new HttpRequestMessage();
        PickedEndpoint picked = Picks.Of("m", "vllm", 9001);
        var log = new AccessLog(new AccessLogOptions(), new MemoryTarget(), metrics, NullLogger<AccessLog>.Instance);
        var telemetry = new GatewayTelemetry(metrics, log, TimeProvider.System);
        var record = new RequestRecord();
        int requests = 0;
        Run();
        int ofOne = measurements;

        Assert.Equal(0, Allocations.Of(Run, times: 100));
        Assert.Equal(requests * ofOne, measurements);

        void Run()
        {
            requests++;
            record.Begin(telemetry, "/v1/chat/completions", "id");
            record.Received(50);
            record.Routed("m");
            record.Depart(picked, request);
            record.Return(AttemptOutcome.ConnectFailed, 0, isLast: false);
            record.Depart(picked, request);
            record.Return(AttemptOutcome.Answered, 200, isLast: true);
            record.BeginAnswer(picked, 200, isEventStream: true);
            record.Add("data: {}\n\ndata: {\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5}}\n\n"u8);
            record.End(RequestEnding.ClientLeft, 200, null);
        }
    }
}
