using System.Globalization;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>The command line of the side-by-side benchmark.</summary>
/// <param name="Only">Names of scenarios, or what a name begins with up to a hyphen; empty for all.</param>
/// <param name="Contenders">Names; empty for all.</param>
/// <param name="Rounds">How often each contender is measured.</param>
/// <param name="Seconds">How long each time.</param>
/// <param name="Samples">How many first tokens are timed each time, at least; with few it's as many as come in <paramref name="Seconds"/>.</param>
/// <param name="Gateway">The folder of a published gateway; null for the one built with this program.</param>
/// <param name="Quota">Whether contenders are limited by control groups, rather than pinned.</param>
/// <param name="Output">The folder of the reports.</param>
internal sealed record SideBySideOptions(
    IReadOnlyList<string> Only, IReadOnlyList<string> Contenders, int Rounds, double Seconds, int Samples, string? Gateway, bool Quota, string Output)
{
    public const string HelpText = """
        dotnet run --project Gateway.Benchmarks -c Release -- side-by-side [options]

          --only NAME,...         scenarios; endpoints stands for endpoints-1, endpoints-10 and so on
          --contenders NAME,...   who takes part, besides direct, which is the base of all times
          --rounds N              how often each is measured, in turns (3)
          --seconds S             how long each time (2.5)
          --samples N             how many first tokens first-token-half-load times in each round, at least (0: what comes in --seconds)
          --gateway FOLDER        a published gateway, such as artifacts/gateway (the one built with this program)
          --quota                 contenders are not pinned to a processor, but each is in a control group of one processor's time and 512 MiB
          --output FOLDER         where results.json is kept, written anew after each round, and the charts (artifacts/benchmarks)

        report makes the page of one or several results.json.
        """;

    private const string QuotaSwitch = "--quota";

    /// <returns>Null when the help is asked for.</returns>
    /// <exception cref="FormatException">An option is unknown or has no sensible value.</exception>
    public static SideBySideOptions? Parse(string[] args)
    {
        var options = new SideBySideOptions(
            [], [], Rounds: 3, Seconds: 2.5, Samples: 0, Gateway: null, Quota: args.Contains(QuotaSwitch), Path.Combine("artifacts", "benchmarks"));
        string[] pairs = [.. args.Where(argument => argument != QuotaSwitch)];
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is "--help" or "-h")
                return null;
            string value = i + 1 < pairs.Length ? pairs[i + 1] : throw new FormatException($"{pairs[i]} wants a value.");
            options = pairs[i] switch
            {
                "--only" => options with { Only = value.Split(',') },
                "--contenders" => options with { Contenders = value.Split(',') },
                "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out int rounds) && rounds > 0 => options with { Rounds = rounds },
                "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 => options with { Seconds = seconds },
                "--samples" when int.TryParse(value, CultureInfo.InvariantCulture, out int samples) && samples >= 0 => options with { Samples = samples },
                "--gateway" => options with { Gateway = value },
                "--output" => options with { Output = value },
                _ => throw new FormatException($"Not understood: {pairs[i]} {value}. See --help."),
            };
        }

        return options;
    }
}
