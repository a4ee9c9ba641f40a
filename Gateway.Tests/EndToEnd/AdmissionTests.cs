using Gateway.Picking;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>A route that may have one request at a time, and one that waits.</summary>
public sealed class AdmissionTests : IDisposable
{
    private const string Path = "/v1/chat/completions";

    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _release = new(0);

    public void Dispose()
    {
        _arrived.Dispose();
        _release.Dispose();
    }

    [Fact]
    public async Task OneRuns_OneWaitsAndIsServedNext_TheThirdIsRefusedAtOnce()
    {
        await using ScriptedEngine engine = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Limits:MaxInFlight=1", "--Gateway:Limits:MaxQueue=1"], engine);
        using Measured measured = gateway.Measure();
        using RawConnection first = await PostAsync(gateway);
        Assert.True(await _arrived.WaitAsync(TestTime.Generous, TestContext.Current.CancellationToken));
        using RawConnection second = await PostAsync(gateway);
        await WaitsAsync(gateway, 1);

        using RawConnection third = await PostAsync(gateway);
        RawMessage refused = await RawMessage.ReadAsync(third);

        Assert.Equal((429, "saturated"), (refused.Status, refused.ErrorCode));
        Assert.Equal("rejected-saturated", refused.Header("x-llm-d-request-dropped-reason"));
        Assert.InRange(int.Parse(refused.Header("Retry-After")!), 1, 60);
        Assert.NotNull(refused.Header("x-request-id"));
        Assert.Equal(["1 {reason=rejected-saturated}"], measured.Of("gateway.requests.dropped"));
        Assert.Equal(1, engine.Requests);
        _release.Release(2);
        Assert.Equal(200, (await RawMessage.ReadAsync(first)).Status);
        Assert.Equal(200, (await RawMessage.ReadAsync(second)).Status);
        Assert.Equal(2, engine.Requests);
        await gateway.SettlesAsync();
        await WaitsAsync(gateway, 0);
    }

    [Fact]
    public async Task OneThatWaitsTooLong_IsRefused()
    {
        await using ScriptedEngine engine = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync(
            ["--Gateway:Limits:MaxInFlight=1", "--Gateway:Limits:MaxQueue=1", "--Gateway:Limits:QueueTimeout=00:00:00.100"], engine);
        using RawConnection first = await PostAsync(gateway);
        Assert.True(await _arrived.WaitAsync(TestTime.Generous, TestContext.Current.CancellationToken));

        using RawConnection second = await PostAsync(gateway);
        RawMessage refused = await RawMessage.ReadAsync(second);

        Assert.Equal((429, "saturated"), (refused.Status, refused.ErrorCode));
        Assert.Equal("rejected-ttl-expired", refused.Header("x-llm-d-request-dropped-reason"));
        _release.Release();
        Assert.Equal(200, (await RawMessage.ReadAsync(first)).Status);
        Assert.Equal(1, engine.Requests);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task OneThatLeavesTheQueue_IsOutAtOnce_AndNoEngineHearsOfIt()
    {
        await using ScriptedEngine engine = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Limits:MaxInFlight=1", "--Gateway:Limits:MaxQueue=1"], engine);
        using RawConnection first = await PostAsync(gateway);
        Assert.True(await _arrived.WaitAsync(TestTime.Generous, TestContext.Current.CancellationToken));
        using (RawConnection second = await PostAsync(gateway))
        {
            await WaitsAsync(gateway, 1);
            second.Leave(Farewell.Reset);
        }

        await WaitsAsync(gateway, 0);
        _release.Release();
        Assert.Equal(200, (await RawMessage.ReadAsync(first)).Status);
        Assert.Equal(1, engine.Requests);
        await gateway.SettlesAsync();
    }

    private ScriptedEngine StartEngine() => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        _arrived.Release();
        await _release.WaitAsync(TestContext.Current.CancellationToken);
        await connection.SendAsync(Wire.Answer("200 OK", "{}"));
    });

    private static async Task<RawConnection> PostAsync(TestGateway gateway)
    {
        RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Unary);
        return client;
    }

    private static Task WaitsAsync(TestGateway gateway, int requests) => TestTime.UntilAsync(
        () => gateway.Services.GetRequiredService<Admission>().Queues.Sum(queue => queue.Value.Length) == requests, $"{requests} wait");
}
