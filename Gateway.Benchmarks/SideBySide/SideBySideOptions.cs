using System.Globalization;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>The command line of the side-by-side benchmark.</summary>
/// <param name="Only">Names of scenarios, or what a name begins with up to a hyphen; empty for all.</param>
/// <param name="Contenders">Names; empty for all.</param>
/// <param name="Rounds">How often each contender is measured.</param>
/// <param name="Seconds">How long each time.</param>
/// <param name="Output">The folder of the reports.</param>
internal sealed record SideBySideOptions(IReadOnlyList<string> Only, IReadOnlyList<string> Contenders, int Rounds, double Seconds, string Output)
{
    public const string HelpText = """
        dotnet run --project Gateway.Benchmarks -c Release -- side-by-side [options]

          --only NAME,...         scenarios; endpoints stands for endpoints-1, endpoints-10 and so on
          --contenders NAME,...   who takes part, besides direct, which is the base of all times
          --rounds N              how often each is measured, in turns (3)
          --seconds S             how long each time (2.5)
          --output FOLDER         where the reports go (artifacts/benchmarks)
        """;

    /// <returns>Null when the help is asked for.</returns>
    /// <exception cref="FormatException">An option is unknown or has no sensible value.</exception>
    public static SideBySideOptions? Parse(string[] args)
    {
        var options = new SideBySideOptions([], [], Rounds: 3, Seconds: 2.5, Path.Combine("artifacts", "benchmarks"));
        for (int i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--help" or "-h")
                return null;
            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} wants a value.");
            options = args[i] switch
            {
                "--only" => options with { Only = value.Split(',') },
                "--contenders" => options with { Contenders = value.Split(',') },
                "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out int rounds) && rounds > 0 => options with { Rounds = rounds },
                "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 => options with { Seconds = seconds },
                "--output" => options with { Output = value },
                _ => throw new FormatException($"Not understood: {args[i]} {value}. See --help."),
            };
        }

        return options;
    }
}
