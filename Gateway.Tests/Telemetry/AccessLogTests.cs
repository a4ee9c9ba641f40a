using System.Text.Json;
using Gateway.Telemetry;
using Gateway.Tests.EndToEnd;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.Telemetry;

public sealed class AccessLogTests : IDisposable
{
    private const string Dropped = "gateway.access_log.dropped";

    private readonly Measured _measured = new();
    private readonly MemoryTarget _target = new();
    private readonly LogLines<AccessLog> _problems = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task WhatWaitsAtTheEnd_IsWritten()
    {
        AccessLog log = Create(capacity: 1000);
        for (int i = 0; i < 1000; i++)
            log.Write(Line($"id-{i}"));
        await log.StartAsync(Cancellation);
        await log.StopAsync(Cancellation);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"id-{i}"), _target.Lines.Select(IdOf));
        Assert.Empty(_measured.Of(Dropped));
        Assert.True(_target.IsDisposed);
    }

    [Fact]
    public async Task WhileTheTargetHangs_LinesAreDroppedAndNobodyWaits()
    {
        var gate = new TaskCompletionSource();
        _target.Gate = gate.Task;
        AccessLog log = Create(capacity: 4);
        await log.StartAsync(Cancellation);
        log.Write(Line("hangs"));
        await _target.Entered.Task.SoonAsync();
        for (int i = 0; i < 10; i++)
            log.Write(Line($"id-{i}"));

        Assert.Equal(Enumerable.Repeat("1 {}", 6), _measured.Of(Dropped));
        gate.SetResult();
        await log.StopAsync(Cancellation).SoonAsync();
        Assert.Equal(["hangs", "id-0", "id-1", "id-2", "id-3"], _target.Lines.Select(IdOf));
    }

    [Fact]
    public async Task AnEndThatIsInAHurry_DoesNotWaitForATargetThatHangs()
    {
        var gate = new TaskCompletionSource();
        _target.Gate = gate.Task;
        AccessLog log = Create(capacity: 4);
        await log.StartAsync(Cancellation);
        log.Write(Line("hangs"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.StopAsync(new CancellationToken(canceled: true)));
        gate.SetResult();
    }

    [Fact]
    public async Task ATargetThatFails_IsToldOfOnce_AndItsLinesAreCounted()
    {
        var gate = new TaskCompletionSource();
        _target.Failure = new IOException("No space left on device");
        _target.Gate = gate.Task;
        AccessLog log = Create(capacity: 4);
        await log.StartAsync(Cancellation);
        log.Write(Line("lost"));
        await _target.Entered.Task.SoonAsync();
        _target.Failure = null;
        log.Write(Line("kept"));
        gate.SetResult();
        await log.StopAsync(Cancellation).SoonAsync();

        Assert.Equal(["kept"], _target.Lines.Select(IdOf));
        Assert.Equal(["1 {}"], _measured.Of(Dropped));
        Assert.Equal(
            ["The access log can't be written to memory; lines are dropped until it can: No space left on device", "The access log is written to memory again"],
            _problems.Lines);
    }

    [Fact]
    public async Task TextOfClientsAndEngines_CannotBreakALine()
    {
        AccessLog log = Create(capacity: 4);
        log.Write(Line("id") with { Model = "a\"\n\u2028<é>\ud800", OwnedBy = "{\"x\":1}" });
        await log.StartAsync(Cancellation);
        await log.StopAsync(Cancellation);

        using JsonDocument line = JsonDocument.Parse(Assert.Single(_target.Lines));
        Assert.Equal("a\"\n\u2028<é>\ufffd", line.RootElement.GetProperty("model").GetString());
        Assert.Equal("{\"x\":1}", line.RootElement.GetProperty("owned_by").GetString());
    }

    [Fact]
    public async Task SwitchedOff_NothingIsWritten()
    {
        var log = new AccessLog(new AccessLogOptions(), _target, _measured.Metrics, _problems);
        Assert.False(log.IsEnabled);
        await log.StartAsync(Cancellation);
        await log.StopAsync(Cancellation);

        Assert.Empty(_target.Lines);
    }

    private static AccessLogLine Line(string id) => new() { RequestId = id, Operation = "chat" };

    private static string? IdOf(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("id").GetString();
    }

    private AccessLog Create(int capacity) => new(new AccessLogOptions { Enabled = true }, _target, _measured.Metrics, _problems, capacity);
}
