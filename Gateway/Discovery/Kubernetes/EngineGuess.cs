namespace Gateway.Discovery.Kubernetes;

/// <summary>Guesses the engine from what a container runs, where neither a label nor the engine itself names it.</summary>
internal static class EngineGuess
{
    // The engines' own names, as their model cards write them.
    private static readonly (string Program, string Engine)[] Programs =
        [("vllm", "vllm"), ("sglang", "sglang"), ("trtllm-serve", "tensorrt_llm"), ("tensorrt_llm", "tensorrt_llm"), ("llama-server", "llamacpp")];

    // vLLM last: images of the others are published by projects that have its name in theirs.
    private static readonly (string Part, string Engine)[] Images =
        [("sglang", "sglang"), ("trtllm", "tensorrt_llm"), ("tensorrt", "tensorrt_llm"), ("llama.cpp", "llamacpp"), ("vllm", "vllm")];

    /// <summary>Null when nothing tells.</summary>
    public static string? FromProgram(ContainerCommand command)
    {
        foreach (string word in command.Words)
        {
            // A program by its file, or a module for "python -m": vllm.entrypoints.openai.api_server, sglang.launch_server.
            string program = ContainerCommand.FileName(word);
            foreach ((string name, string engine) in Programs)
            {
                if (program == name || program.StartsWith($"{name}.", StringComparison.Ordinal))
                    return engine;
            }
        }

        return null;
    }

    /// <summary>Null when nothing tells.</summary>
    public static string? FromImage(ContainerCommand command)
    {
        foreach ((string part, string engine) in Images)
        {
            if (command.Image.Contains(part, StringComparison.OrdinalIgnoreCase))
                return engine;
        }

        return null;
    }
}
