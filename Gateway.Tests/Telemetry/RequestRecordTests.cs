using System.Text;
using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class RequestRecordTests : IDisposable
{
    private const string Names = "gen_ai.operation.name=chat, gen_ai.provider.name=vllm, gen_ai.request.model=m";

    private readonly Measured _measured = new();
    private readonly ManualClock _clock = new();
    private readonly MemoryTarget _target = new();
    private readonly RequestRecord _record = new();
    private readonly AccessLog _log;
    private readonly GatewayTelemetry _telemetry;

    public RequestRecordTests()
    {
        _log = new AccessLog(new AccessLogOptions { Enabled = true }, _target, _measured.Metrics, NullLogger<AccessLog>.Instance);
        _telemetry = new GatewayTelemetry(_measured.Metrics, _log, _clock);
    }

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task AStream_IsMeasuredFromItsArrivalToItsEnd()
    {
        PickedEndpoint picked = Picks.Of("m", "vllm", 9001);
        Arrive(uploadMs: 100);
        Pass(3);
        Depart(picked);
        Assert.Equal([$"1 {{{Names}}}"], _measured.Observe("gateway.requests.in_flight"));
        Pass(497);
        _record.Return(AttemptOutcome.Answered, 200, isLast: true);
        _record.BeginAnswer(picked, 200, isEventStream: true);
        Add("data: {}\n\n");
        Pass(400);
        Add("data: {\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n");
        _record.End(RequestEnding.Completed, 200, errorCode: null);

        Assert.Equal(["0.003 {}"], _measured.Of("gateway.overhead.duration"));
        Assert.Equal(["1 {outcome=answered}"], _measured.Observe("gateway.upstream.attempts"));
        Assert.Equal([$"0.6 {{{Names}}}"], _measured.Of("gen_ai.server.time_to_first_token"));
        Assert.Equal([$"0.1 {{{Names}}}"], _measured.Of("gen_ai.server.time_per_output_token"));
        Assert.Equal([$"1 {{{Names}}}"], _measured.Of("gen_ai.server.request.duration"));
        Assert.Equal([$"12 {{{Names}, gen_ai.token.type=input}}", $"5 {{{Names}, gen_ai.token.type=output}}"], _measured.Of("gen_ai.client.token.usage"));
        Assert.Equal([$"0 {{{Names}}}"], _measured.Observe("gateway.requests.in_flight"));
        Assert.Equal(
            """{"time":"2030-01-01T00:00:01+00:00","id":"id-1","key":"team","operation":"chat","model":"m","owned_by":"vllm","endpoint":"127.0.0.1:9001","attempts":1,"status":200,"ending":"completed","time_to_first_token":0.6,"duration":1,"tokens_in":12,"tokens_out":5,"tokens_cached":null,"bytes_in":50,"bytes_out":84}""",
            await WrittenAsync());
    }

    [Fact]
    public async Task ARequestThatMatchedNoRoute_CarriesNoModel()
    {
        Arrive(uploadMs: 0);
        _record.End(RequestEnding.Refused, 404, "model_not_found");

        Assert.Equal(["0 {error.type=model_not_found, gen_ai.operation.name=chat}"], _measured.Of("gen_ai.server.request.duration"));
        Assert.Empty(_measured.Observe("gateway.upstream.attempts"));
        Assert.Contains("\"model\":null,\"owned_by\":null,\"endpoint\":null,\"attempts\":0,\"status\":404,\"ending\":\"refused\"", await WrittenAsync());
    }

    [Fact]
    public void ARequestThatNobodyServes_CarriesItsModel()
    {
        Arrive(uploadMs: 0);
        _record.Routed("m");
        _record.End(RequestEnding.Refused, 503, "no_ready_endpoint");

        Assert.Equal(
            ["0 {error.type=no_ready_endpoint, gen_ai.operation.name=chat, gen_ai.request.model=m}"], _measured.Of("gen_ai.server.request.duration"));
    }

    [Fact]
    public async Task ARetryOnAnotherEngine_BelongsToTheOneThatAnswered()
    {
        PickedEndpoint second = Picks.Of("m", "sglang", 9002);
        Arrive(uploadMs: 0);
        Depart(Picks.Of("m", "vllm", 9001));
        _record.Return(AttemptOutcome.ConnectFailed, 0, isLast: false);
        Depart(second);
        Assert.Equal(
            [$"0 {{{Names}}}", $"1 {{{Names.Replace("vllm", "sglang")}}}"], _measured.Observe("gateway.requests.in_flight").Order());
        _record.Return(AttemptOutcome.Answered, 500, isLast: true);
        _record.BeginAnswer(second, 500, isEventStream: false);
        Add("{\"usage\":{\"prompt_tokens\":1}}");
        _record.End(RequestEnding.Completed, 500, errorCode: null);

        Assert.Equal(["1 {outcome=answered}", "1 {outcome=connect_failed}"], _measured.Observe("gateway.upstream.attempts"));
        Assert.Equal([$"0 {{error.type=500, {Names.Replace("vllm", "sglang")}}}"], _measured.Of("gen_ai.server.request.duration"));
        Assert.Empty(_measured.Of("gen_ai.client.token.usage"));
        Assert.Single(_measured.Of("gateway.overhead.duration"));
        Assert.Contains("\"endpoint\":\"127.0.0.1:9002\",\"attempts\":2,\"status\":500", await WrittenAsync());
    }

    [Fact]
    public void AClientThatLeavesAStream_IsCountedWithTheTokensItGot()
    {
        PickedEndpoint picked = Picks.Of("m", "vllm", 9001);
        Arrive(uploadMs: 0);
        Depart(picked);
        _record.Return(AttemptOutcome.Answered, 200, isLast: true);
        _record.BeginAnswer(picked, 200, isEventStream: true);
        Add("data: {}\n\ndata: {}\n\ndata: {}\n\nda");
        _record.End(RequestEnding.ClientLeft, 200, errorCode: null);

        Assert.Equal(["1 {phase=answer}"], _measured.Of("gateway.client.disconnects"));
        Assert.Equal([$"3 {{{Names}, gen_ai.token.type=output}}"], _measured.Of("gen_ai.client.token.usage"));
        Assert.Equal([$"0 {{error.type=client_left, {Names}}}"], _measured.Of("gen_ai.server.request.duration"));
        Assert.Empty(_measured.Of("gen_ai.server.time_per_output_token"));
    }

    [Fact]
    public void TimeInTheQueue_IsNoOverhead()
    {
        Arrive(uploadMs: 0);
        _record.EnterQueue();
        Pass(750);
        _record.LeaveQueue(TimeSpan.FromMilliseconds(750));
        Depart(Picks.Of("m", "vllm", 9001));

        Assert.Equal([$"0.75 {{{Names}}}"], _measured.Of("gateway.queue.duration"));
        Assert.Equal(["0 {}"], _measured.Of("gateway.overhead.duration"));
    }

    private void Arrive(int uploadMs)
    {
        _record.Begin(_telemetry, "/v1/chat/completions", "id-1");
        _record.KeyName = "team";
        Pass(uploadMs);
        _record.Received(50);
    }

    private void Depart(in PickedEndpoint picked)
    {
        using var request = new HttpRequestMessage();
        _record.Depart(picked, request);
    }

    private void Pass(int milliseconds) => _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Add(string text) => _record.Add(Encoding.UTF8.GetBytes(text));

    private async Task<string> WrittenAsync()
    {
        await _log.StartAsync(TestContext.Current.CancellationToken);
        await _log.StopAsync(TestContext.Current.CancellationToken);
        return Assert.Single(_target.Lines);
    }
}
