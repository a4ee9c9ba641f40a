using System.Net;
using System.Net.Http.Headers;
using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class MetricsPageTests
{
    private const string Names = """gen_ai_operation_name="chat",gen_ai_provider_name="vllm",gen_ai_request_model="org/m" """;

    // What Prometheus 3 asks for first.
    private const string Prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5," +
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "text/plain")]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")]
    [InlineData(Prometheus3, "application/openmetrics-text")]
    public async Task ThePage_HasTheNamesOfTheContract_WhateverFormIsAskedFor(string? accept, string contentType)
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        Record(host.Services);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await host.Client.SendAsync(request, Cancellation);
        string page = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.ContentType!.MediaType);
        string names = Names.TrimEnd();
        Assert.Contains("# TYPE gen_ai_server_request_duration_seconds histogram\n", page);
        Assert.Contains("# HELP gen_ai_server_request_duration_seconds Time from the request's arrival to the end of its answer.\n", page);
        Assert.Contains($"gen_ai_server_request_duration_seconds_bucket{{{names},le=\"0.01\"}} ", page);
        Assert.Contains($"gen_ai_server_request_duration_seconds_count{{{names}}} 1", page);
        Assert.Contains($"gen_ai_server_time_to_first_token_seconds_bucket{{{names},le=\"0.001\"}} ", page);
        Assert.Contains($"gen_ai_server_time_per_output_token_seconds_bucket{{{names},le=\"2.5\"}} ", page);
        Assert.Contains($"gen_ai_client_token_usage_sum{{{names},gen_ai_token_type=\"input\"}} 12", page);
        Assert.Contains("gateway_overhead_duration_seconds_bucket{le=\"0.0001\"} ", page);
        Assert.Contains("gateway_upstream_attempts_total{outcome=\"answered\"} 1", page);
        Assert.Contains("gateway_client_disconnects_total{phase=\"answer\"} 1", page);
        Assert.Contains($"gateway_requests_in_flight{{{names}}} 0", page);
        Assert.Contains("gateway_endpoints{state=\"ready\"} 0", page);
        Assert.Contains("gateway_discovery_staleness_seconds{source=\"static\"} 0.", page);
        Assert.Contains("dotnet_gc_collections_total{gc_heap_generation=\"gen0\"} ", page);
        Assert.Contains("dotnet_process_memory_working_set_bytes ", page);
        Assert.Contains("kestrel_active_connections{", page);
        Assert.DoesNotContain("otel_scope_name", page);
    }

    [Fact]
    public async Task AHead_IsAnsweredWithoutABody()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/metrics");
        using HttpResponseMessage response = await host.Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task AnyOtherMethod_IsRefused()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();
        using HttpResponseMessage response = await host.Client.PostAsync("/metrics", new StringContent(""), Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal(new MediaTypeHeaderValue("application/json"), response.Content.Headers.ContentType);
    }

    private static void Record(IServiceProvider services)
    {
        using var request = new HttpRequestMessage();
        PickedEndpoint picked = Picks.Of("org/m", "vllm", 9001);
        var record = new RequestRecord();
        record.Begin(services.GetRequiredService<GatewayTelemetry>(), "/v1/chat/completions", "id");
        record.Depart(picked, request);
        record.Return(AttemptOutcome.Answered, 200, isLast: true);
        record.BeginAnswer(picked, 200, isEventStream: true);
        record.Add("data: {\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5}}\n\n"u8);
        record.End(RequestEnding.Completed, 200, null);
        services.GetRequiredService<GatewayMetrics>().ClientLeft(RequestPhase.Answer);
    }
}
