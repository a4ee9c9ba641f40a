using System.Globalization;

namespace Gateway.Benchmarks.Chaos;

/// <summary>The command line of the chaos run.</summary>
/// <param name="Duration">How long engines are killed and revived.</param>
/// <param name="Endpoints">How many there are.</param>
/// <param name="Every">From one kill or revival to the next.</param>
/// <param name="Seed">Of all that is drawn at random.</param>
internal sealed record ChaosOptions(TimeSpan Duration, int Endpoints, TimeSpan Every, int Seed)
{
    public const string HelpText = """
        dotnet run --project Gateway.Benchmarks -c Release -- chaos [options]

          --seconds S      how long (60)
          --endpoints N    how many, of two engines (20)
          --every Nms      from one kill or revival to the next (200ms)
          --seed N         of what is drawn at random (1)
        """;

    private const int FewestEndpoints = 4;
    private const string Milliseconds = "ms";

    /// <returns>Null when the help is asked for.</returns>
    /// <exception cref="FormatException">An option is unknown or has no sensible value.</exception>
    public static ChaosOptions? Parse(string[] args)
    {
        var options = new ChaosOptions(TimeSpan.FromSeconds(60), Endpoints: 20, TimeSpan.FromMilliseconds(200), Seed: 1);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--help" or "-h")
                return null;
            string value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} wants a value.");
            options = args[i] switch
            {
                "--seconds" when Number(value) is > 0 and int seconds => options with { Duration = TimeSpan.FromSeconds(seconds) },
                "--endpoints" when Number(value) is >= FewestEndpoints and int endpoints => options with { Endpoints = endpoints },
                "--every" when value.EndsWith(Milliseconds, StringComparison.Ordinal) && Number(value[..^Milliseconds.Length]) is > 0 and int every =>
                    options with { Every = TimeSpan.FromMilliseconds(every) },
                "--seed" when Number(value) is { } seed => options with { Seed = seed },
                _ => throw new FormatException($"Not understood: {args[i]} {value}. See --help."),
            };
        }

        return options;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
