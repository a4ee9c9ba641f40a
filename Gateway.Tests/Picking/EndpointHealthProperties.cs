using CsCheck;
using Gateway.Picking;

namespace Gateway.Tests.Picking;

/// <summary>Random lives of an endpoint: what holds in all of them.</summary>
public sealed class EndpointHealthProperties
{
    private const double Longest = EndpointHealth.LongestEjection * (1 + EndpointHealth.Jitter);

    private enum Happening
    {
        Probe,
        Gone,
        Served,
        Failure,
    }

    private static readonly Gen<(Happening What, long After, double Chance)> Step = Gen.Select(
        Gen.Frequency((2, Gen.Const(Happening.Probe)), (1, Gen.Const(Happening.Gone)), (2, Gen.Const(Happening.Served)), (6, Gen.Const(Happening.Failure))),
        Gen.Frequency((6, Gen.Long[0, 3_000]), (2, Gen.Long[0, 80_000]), (1, Gen.Long[0, 1_500_000])),
        Gen.Double.Unit);

    private static readonly Gen<List<(Happening What, long After, double Chance)>> Life = Step.List[0, 200];

    [Fact]
    public void EveryState_SurvivesItsPacking() => Life.Sample(life => Live(life, (before, after, _, _) => EndpointHealth.Unpack(after.Pack()) == after));

    [Fact]
    public void OnlyAFailure_Ejects_AndOnlyTheThirdInARow() => Life.Sample(life =>
    {
        int inARow = 0;
        bool wasEjected = false;
        return Live(life, (before, after, what, _) =>
        {
            bool ejects = after.IsEjected && !before.IsEjected;
            bool onTrial = wasEjected && !before.IsEjected && inARow == 0;
            inARow = before.IsEjected || what == Happening.Served ? 0 : what == Happening.Failure ? inARow + 1 : inARow;
            bool rightly = what == Happening.Failure && (inARow == EndpointHealth.FailuresToEject || onTrial);

            // The first failure of a trial ejects, the first good answer ends it.
            wasEjected = after.IsEjected || (wasEjected && what is Happening.Probe or Happening.Gone);
            if (ejects)
                inARow = 0;
            return !ejects || rightly;
        });
    });

    [Fact]
    public void Ejections_GrowFromTheFirstToTheLongest_AndAreJittered() => Life.Sample(life => Live(life, (before, after, _, now) =>
    {
        if (!after.IsEjected || before.IsEjected)
            return true;

        int earlier = after.Ejections - 1;
        double exact = Math.Min(EndpointHealth.FirstEjection * Math.Pow(2, Math.Min(earlier, 10)), EndpointHealth.LongestEjection);
        bool counts = after.Ejections == 1 ? before.Ejections == 0 || now - before.Until > EndpointHealth.Forgiven
            : after.Ejections == Math.Min(before.Ejections + 1, 15);
        return counts && Math.Abs((after.Until - now) - exact) <= (exact * EndpointHealth.Jitter) + 1;
    }));

    [Fact]
    public void AnEjection_IsNeverProlonged_AndEndsByAProbeAfterItsTimeOrAReturn() => Life.Sample(life => Live(life, (before, after, what, now) =>
    {
        if (!before.IsEjected)
            return true;
        bool mayEnd = what == Happening.Probe && (now >= before.Until || before.Presence == EndpointPresence.Gone);
        return after.IsEjected != mayEnd && after.Until == before.Until;
    }));

    [Fact]
    public void WhateverHappened_AnAnsweredProbeBringsItBackInTheEnd() => Life.Sample(life =>
    {
        EndpointHealth last = default;
        long time = 0;
        Live(life, (_, after, _, now) =>
        {
            (last, time) = (after, now);
            return true;
        });
        EndpointHealth probed = last.AfterProbe(time + (long)Longest + 1);
        return !probed.IsEjected && probed.Presence == EndpointPresence.There;
    });

    private static bool Live(
        List<(Happening What, long After, double Chance)> life, Func<EndpointHealth, EndpointHealth, Happening, long, bool> holds)
    {
        EndpointHealth health = default;
        long now = 0;
        foreach ((Happening what, long after, double chance) in life)
        {
            now += after;
            EndpointHealth next = what switch
            {
                Happening.Probe => health.AfterProbe(now),
                Happening.Gone => health.AfterGone(),
                Happening.Served => health.AfterServed(),
                _ => health.AfterFailure(now, chance),
            };
            if (!holds(health, next, what, now))
                return false;
            health = next;
        }

        return true;
    }
}
