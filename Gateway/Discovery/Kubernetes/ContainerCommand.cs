using System.Text.RegularExpressions;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>What a container runs, word by word: with a script taken apart and the variables put in whose values the pod itself says.</summary>
internal sealed partial class ContainerCommand
{
    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "zsh"];

    private ContainerCommand(IReadOnlyList<string> words, string image, bool isTheImagesOwn)
    {
        Words = words;
        Image = image;
        IsTheImagesOwn = isTheImagesOwn;
    }

    public IReadOnlyList<string> Words { get; }

    public string Image { get; }

    /// <summary>Whether the image says what is run, and <see cref="Words"/> only its arguments.</summary>
    public bool IsTheImagesOwn { get; }

    public static ContainerCommand Of(V1Container container)
    {
        string[] written = [.. container.Command ?? [], .. container.Args ?? []];
        bool isScript = written.Length > 0 && Shells.Contains(FileName(written[0]));
        IEnumerable<string> words = isScript ? written.SelectMany(ShellWords.Split) : written;
        Dictionary<string, string> variables = [];
        foreach (V1EnvVar variable in container.Env ?? [])
        {
            if (variable.Value is { } value)
                variables[variable.Name] = value;
        }

        return new ContainerCommand(
            [.. words.Select(word => Expand(word, variables))], container.Image ?? "", isTheImagesOwn: container.Command is null or []);
    }

    /// <summary>The value of an option, <c>--name value</c> or <c>--name=value</c>; the last one counts, as in Python's argparse. Null without.</summary>
    public string? Option(string name)
    {
        string? found = null;
        for (int i = 0; i < Words.Count; i++)
            found = ValuesAt(i, name) is [var value, ..] ? value : found;
        return found;
    }

    /// <summary>All values of an option that takes several, up to the next option.</summary>
    public IReadOnlyList<string> Options(string name)
    {
        for (int i = 0; i < Words.Count; i++)
        {
            if (ValuesAt(i, name) is { Length: > 0 } values)
                return values;
        }

        return [];
    }

    public static string FileName(string word) => word[(word.LastIndexOf('/') + 1)..];

    private string[] ValuesAt(int index, string name)
    {
        // vLLM takes --served_model_name for --served-model-name.
        string word = Words[index];
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string option = (equals < 0 ? word : word[..equals]).Replace('_', '-');
        if (option != name)
            return [];
        return equals >= 0
            ? [word[(equals + 1)..]]
            : [.. Words.Skip(index + 1).TakeWhile(value => !value.StartsWith('-') && value != ShellWords.Separator)];
    }

    // $(NAME) is Kubernetes' own, the others a shell's. What can't be told here stays as it is written.
    private static string Expand(string word, Dictionary<string, string> variables) =>
        Variable().Replace(word, found => variables.GetValueOrDefault(found.Groups["name"].Value, found.Value));

    [GeneratedRegex(@"\$(\((?<name>\w+)\)|\{(?<name>\w+)\}|(?<name>[A-Za-z_]\w*))")]
    private static partial Regex Variable();
}
