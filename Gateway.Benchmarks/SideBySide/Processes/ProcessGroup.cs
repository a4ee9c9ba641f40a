using System.Globalization;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>Some processes and all that they have started.</summary>
internal sealed class ProcessGroup(IReadOnlyList<int> roots)
{
    private int[] _members = [.. roots];

    /// <summary>Looks for processes that have been started since.</summary>
    public void Refresh() => _members = [.. roots.SelectMany(ProcessFamily.From).Distinct()];

    /// <summary>Nanoseconds.</summary>
    public long CpuTime()
    {
        long sum = 0;
        foreach (int member in _members)
            sum += CpuClock.Of(member);
        return sum;
    }

    /// <summary>Memory in KB, what is shared counted by its share.</summary>
    public double Memory() => _members.Sum(member => Field($"/proc/{member}/smaps_rollup", "Pss:"));

    /// <summary>The most memory since <see cref="ForgetPeak"/>, in KB.</summary>
    public double PeakMemory() => _members.Sum(member => Field($"/proc/{member}/status", "VmHWM:"));

    public void ForgetPeak()
    {
        foreach (int member in _members)
            File.WriteAllText($"/proc/{member}/clear_refs", "5");
    }

    private static double Field(string file, string name)
    {
        string line = File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
