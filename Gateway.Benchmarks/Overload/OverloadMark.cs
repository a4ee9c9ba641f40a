using Gateway.Benchmarks.SideBySide.Reports;

namespace Gateway.Benchmarks.Overload;

/// <summary>A figure and what it has to be.</summary>
internal sealed record OverloadMark(string Name, double Value, double Bound, bool IsLeast)
{
    // Nothing measured is not a number, and holds no mark.
    public bool IsHeld => IsLeast ? Value >= Bound : Value <= Bound;

    public static OverloadMark AtLeast(string name, double value, double bound) => new(name, value, bound, IsLeast: true);

    public static OverloadMark AtMost(string name, double value, double bound) => new(name, value, bound, IsLeast: false);

    public override string ToString() =>
        $"{Name,-28} {Numbers.Show(Value),8}   at {(IsLeast ? "least" : "most"),-5} {Numbers.Show(Bound),6}   {(IsHeld ? "held" : "MISSED")}";
}
