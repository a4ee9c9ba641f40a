using Gateway.Benchmarks.SideBySide.Scenarios;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>One kind of work, the same for every contender.</summary>
/// <param name="Name">As it stands in tables and behind <c>--only</c>: lower case, digits and hyphens.</param>
/// <param name="Title">What is done, in a few words.</param>
/// <param name="Headline">The figure that its chart and its ratios are about.</param>
internal abstract record Scenario(string Name, string Title, Figure Headline)
{
    /// <summary>How many engines there are to choose from.</summary>
    public virtual int Endpoints => 2;

    /// <summary>Whether a contender's past would show in what is measured, so that each round starts it anew.</summary>
    public virtual bool StartsEachRound => false;

    /// <summary>Runs the work until a contender's cost has stopped falling. Done once, before the first round.</summary>
    public abstract void WarmUp(ScenarioRun run);

    public abstract Task<Outcome> MeasureAsync(ScenarioRun run);
}
