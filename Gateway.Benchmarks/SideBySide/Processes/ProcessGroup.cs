using System.Globalization;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>Some processes and all that they have started.</summary>
internal sealed class ProcessGroup(IReadOnlyList<int> roots)
{
    private int[] _members = [.. roots];

    /// <summary>Looks for processes that have been started since.</summary>
    public void Refresh()
    {
        if (roots.Count == 0)
            return;
        ILookup<int, int> children = Parents().ToLookup(pair => pair.Parent, pair => pair.Child);
        var members = new List<int>(roots);
        for (int i = 0; i < members.Count; i++)
            members.AddRange(children[members[i]].Where(child => !members.Contains(child)).ToArray());
        _members = [.. members];
    }

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

    private static IEnumerable<(int Parent, int Child)> Parents()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int child))
                continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                // It has ended meanwhile.
                continue;
            }

            // The name stands in parentheses and may hold anything; state and parent follow it.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            yield return (int.Parse(fields[1], CultureInfo.InvariantCulture), child);
        }
    }

    private static double Field(string file, string name)
    {
        string line = File.ReadLines(file).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
