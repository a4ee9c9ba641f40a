namespace Gateway.Discovery.Kubernetes;

/// <summary>Reads from a command line under which names the engine will serve its model. The label <c>llm-d.ai/model</c> is no such name.</summary>
internal static class ModelArguments
{
    public static IReadOnlyList<string> Read(ContainerCommand command)
    {
        IReadOnlyList<string> served = command.Options("--served-model-name");
        if (served.Count == 0)
        {
            // vLLM and SGLang serve a model under the name or the path by which they are told to load it.
            string? loaded = command.Option("--model") ?? Positional(command) ?? command.Option("--model-path");
            served = loaded is null ? [] : [loaded];
        }

        // A variable that only the node or the shell can put in leaves no name.
        return [.. served.Where(name => name.Length > 0 && !name.Contains('$', StringComparison.Ordinal)).Distinct()];
    }

    // vllm serve MODEL, trtllm-serve MODEL, trtllm-serve serve MODEL; and MODEL alone for an image whose own command is "vllm serve".
    private static string? Positional(ContainerCommand command)
    {
        IReadOnlyList<string> words = command.Words;
        for (int i = 0; i < words.Count; i++)
        {
            string program = ContainerCommand.FileName(words[i]);
            if (program is not ("vllm" or "trtllm-serve"))
                continue;

            bool hasVerb = words.ElementAtOrDefault(i + 1) == "serve";
            if (hasVerb || program == "trtllm-serve")
                return Value(words, hasVerb ? i + 2 : i + 1);
        }

        return command.IsTheImagesOwn && command.Image.Contains("vllm", StringComparison.OrdinalIgnoreCase) ? Value(words, 0) : null;
    }

    private static string? Value(IReadOnlyList<string> words, int index) =>
        words.ElementAtOrDefault(index) is { } word && !word.StartsWith('-') && word != ShellWords.Separator ? word : null;
}
