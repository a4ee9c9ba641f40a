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

    /// <summary>Memory in KB, what is shared counted by its share; not a number when one of them has ended.</summary>
    public double Memory() => _members.Sum(member => Field($"/proc/{member}/smaps_rollup", "Pss:"));

    /// <summary>The most memory since <see cref="ForgetPeak"/>, in KB; not a number when one of them has ended.</summary>
    public double PeakMemory() => _members.Sum(member => Field($"/proc/{member}/status", "VmHWM:"));

    public void ForgetPeak()
    {
        foreach (int member in _members.Where(ProcessFamily.IsRunning))
            File.WriteAllText($"/proc/{member}/clear_refs", "5");
    }

    private static double Field(string file, string name)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
                ? double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
                : double.NaN;
        }
        catch (IOException)
        {
            return double.NaN;
        }
    }
}
