using System.Diagnostics;
using Gateway.Forwarding;
using Gateway.Telemetry;

namespace Gateway.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class AttemptSpanTests
{
    private const string Client = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void WithoutAListener_TheClientsContextPasses()
    {
        using HttpRequestMessage request = Request();

        AttemptSpan span = AttemptSpan.Start(Picks.Of("m", "vllm", 9001), GenAiOperation.Of("/v1/completions"), resends: 0);
        span.Inject(request.Headers);
        span.Stop(AttemptOutcome.Answered, 200);

        Assert.Equal([Client], request.Headers.GetValues("traceparent"));
    }

    [Fact]
    public void WithAListener_TheEngineSeesTheAttemptAsItsParent()
    {
        var ended = new List<Activity>();
        using ActivityListener listener = Listen(ended);
        using Activity server = new Activity("request").SetParentId(Client).Start();
        server.TraceStateString = "vendor=1";
        using HttpRequestMessage request = Request();

        AttemptSpan span = AttemptSpan.Start(Picks.Of("m", "vllm", 9001), GenAiOperation.Of("/v1/completions"), resends: 1);
        Assert.Same(server, Activity.Current);
        span.Inject(request.Headers);
        span.Stop(errorType: null, 200, new TokenUsage(3, 4, null));

        Activity attempt = Assert.Single(ended);
        Assert.Equal("text_completion m", attempt.DisplayName);
        Assert.Equal(ActivityKind.Client, attempt.Kind);
        Assert.Equal(server.SpanId, attempt.ParentSpanId);
        Assert.Equal([attempt.Id!], request.Headers.GetValues("traceparent"));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", attempt.Id);
        Assert.Equal(["vendor=1"], request.Headers.GetValues("tracestate"));
        Assert.Equal(
            "gen_ai.operation.name=text_completion gen_ai.provider.name=vllm gen_ai.request.model=m http.request.method=POST server.address=127.0.0.1 " +
            "server.port=9001 http.request.resend_count=1 http.response.status_code=200 gen_ai.usage.input_tokens=3 gen_ai.usage.output_tokens=4",
            string.Join(' ', attempt.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")));
        Assert.Equal(ActivityStatusCode.Unset, attempt.Status);
        Assert.Same(server, Activity.Current);
    }

    [Theory]
    [InlineData(AttemptOutcome.ConnectFailed, 0, "connect_failed")]
    [InlineData(AttemptOutcome.Answered, 503, "503")]
    [InlineData(AttemptOutcome.Answered, 799, "_OTHER")]
    public void AFailedAttempt_SaysWhatWentWrong(object outcome, int status, string errorType)
    {
        var ended = new List<Activity>();
        using ActivityListener listener = Listen(ended);

        AttemptSpan.Start(Picks.Of("m", "vllm", 9001), GenAiOperation.Other, resends: 0).Stop((AttemptOutcome)outcome, status);

        Activity attempt = Assert.Single(ended);
        Assert.Equal(ActivityStatusCode.Error, attempt.Status);
        Assert.Equal(errorType, attempt.GetTagItem("error.type"));
    }

    private static ActivityListener Listen(List<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayActivities.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("traceparent", Client);
        return request;
    }
}
