using Gateway.Picking;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

public sealed class LiveEndpointTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();
    private readonly LiveEndpoint _endpoint;

    public LiveEndpointTests() => _endpoint = new LiveEndpoint(Address(1), _clock);

    [Fact]
    public void ANewEndpoint_GetsRequests() => Assert.True(_endpoint.IsAvailable);

    [Fact]
    public void AFailedProbe_TakesItOut_AndASuccessfulOneBringsItBack()
    {
        _endpoint.ReportProbeFailure("silent", Minute);
        Assert.Equal((EndpointState.Ejected, "silent"), (_endpoint.State, _endpoint.LastError));

        _endpoint.ReportReady();
        Assert.Equal((EndpointState.Ready, null), (_endpoint.State, _endpoint.LastError));
    }

    [Fact]
    public void AFailedProbe_IsNotBelievedWhileRequestsAreAnswered()
    {
        _endpoint.ReportReady();
        _endpoint.ReportAnswer();
        _clock.Advance(Minute);
        _endpoint.ReportProbeFailure("slow", Minute);
        Assert.Equal((EndpointState.Ready, "slow"), (_endpoint.State, _endpoint.LastError));

        _clock.Advance(TimeSpan.FromTicks(1));
        _endpoint.ReportProbeFailure("slow", Minute);
        Assert.Equal(EndpointState.Ejected, _endpoint.State);
    }

    [Fact]
    public void ARefusedConnection_TakesItOutAtOnce_AndIsToldOnce()
    {
        int told = 0;
        _endpoint.WentDown += () => told++;
        _endpoint.ReportAnswer();
        _endpoint.ReportUnreachable("refused");
        _endpoint.ReportUnreachable("refused");

        Assert.False(_endpoint.IsAvailable);
        Assert.Equal(1, told);
    }
}
