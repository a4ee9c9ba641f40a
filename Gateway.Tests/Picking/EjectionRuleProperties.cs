using CsCheck;
using Gateway.Picking;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

/// <summary>Random routes in trouble: who gets requests.</summary>
public sealed class EjectionRuleProperties
{
    private static readonly Gen<(int Failures, int Later, bool Gone, bool Cordoned)> Trouble = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, 3_000], Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true))), Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true))));

    [Fact]
    public void AtMostHalfOfThoseThatAreThere_AreOutForFailing_AndTheWorstOfThem() => Trouble.List[0, 12].Sample(troubles =>
    {
        LiveEndpoint[] endpoints = Make(troubles);
        RouteTier tier = Route("m", "a", endpoints).Alone[0];
        var rule = EjectionRule.Of(tier.Shares);
        LiveEndpoint[] there = [.. endpoints.Where(endpoint => endpoint.IsAvailable)];
        LiveEndpoint[] served = [.. endpoints.Where(rule.Admits)];
        LiveEndpoint[] refused = [.. there.Except(served)];

        Assert.All(served, endpoint => Assert.Contains(endpoint, there));
        Assert.True(refused.Length <= there.Length / 2);
        Assert.All(refused, endpoint => Assert.Equal(EndpointState.Ejected, endpoint.State));
        Assert.All(refused, worse => Assert.All(served, better => Assert.True(better.EjectedUntil <= worse.EjectedUntil)));
        Assert.Equal(there.Length > 0 && there.All(endpoint => endpoint.EjectedUntil > 0), rule.AllFail);

        // No more of the ejected ones are used than have to be; equally bad ones are used together.
        long worstUsed = served.Length == 0 ? 0 : served.Max(endpoint => endpoint.EjectedUntil);
        int ejected = there.Count(endpoint => endpoint.EjectedUntil > 0);
        int usedBelowWorst = served.Count(endpoint => endpoint.EjectedUntil > 0 && endpoint.EjectedUntil < worstUsed);
        Assert.True(usedBelowWorst < Math.Max(1, ejected - (there.Length / 2)));
    });

    [Fact]
    public void APick_IsMadeWheneverSomebodyIsThere() => Trouble.List[0, 8].Sample(troubles =>
    {
        LiveEndpoint[] endpoints = Make(troubles);
        var picker = new EndpointPicker(new LeastRequestsPolicy());
        bool picks = picker.TryPick(Route("m", "a", endpoints).Alone, [], out PickedEndpoint picked);

        Assert.Equal(endpoints.Any(endpoint => endpoint.IsAvailable), picks);
        Assert.True(!picks || picked.Endpoint.IsAvailable);
    });

    private static LiveEndpoint[] Make(List<(int Failures, int Later, bool Gone, bool Cordoned)> troubles)
    {
        var clock = new ManualClock();
        return [.. troubles.Select((trouble, at) =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(trouble.Later));
            var endpoint = new LiveEndpoint(Address(at + 1), clock) { IsCordoned = trouble.Cordoned };
            endpoint.Fail(trouble.Failures);
            if (trouble.Gone)
                endpoint.ReportUnreachable("refused");
            return endpoint;
        })];
    }
}
