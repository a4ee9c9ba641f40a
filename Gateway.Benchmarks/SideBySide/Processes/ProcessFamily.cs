using System.Globalization;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>Who is whose child, as /proc says.</summary>
internal static class ProcessFamily
{
    /// <summary>A process and all below it.</summary>
    public static IReadOnlyList<int> From(int root)
    {
        ILookup<int, int> children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Status: Read(id)))
            .Where(process => process.Status is not null)
            .ToLookup(process => process.Status!.Value.Parent, process => process.Id);

        var found = new List<int> { root };
        for (int i = 0; i < found.Count; i++)
            found.AddRange(children[found[i]]);
        return found;
    }

    /// <summary>False as well for one that has ended and whose parent has not asked for its exit code yet.</summary>
    public static bool IsRunning(int id) => Read(id) is { State: not 'Z' };

    private static (char State, int Parent)? Read(int id)
    {
        try
        {
            // "17 (a name) S 1 …": the name may hold anything, so what counts stands behind its last parenthesis.
            string line = File.ReadAllText($"/proc/{id}/stat");
            string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
