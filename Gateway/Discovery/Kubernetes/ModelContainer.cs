using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Which container of a pod is the engine, and what its command line says.</summary>
/// <param name="Command">Null for a pod without containers.</param>
/// <param name="Engine">The engine that it looks like; null when nothing tells.</param>
internal sealed record ModelContainer(ContainerCommand? Command, string? Engine)
{
    // llm-d's guides call it by the first name, the examples of its chart by the second.
    private static readonly string[] UsualNames = ["modelserver", "vllm"];

    public static ModelContainer Of(V1Pod pod)
    {
        IList<V1Container> containers = pod.Spec?.Containers ?? [];
        ContainerCommand[] commands =
        [
            .. containers.Where(container => UsualNames.Contains(container.Name))
                .Concat(containers.Where(container => !UsualNames.Contains(container.Name)))
                .Select(ContainerCommand.Of),
        ];
        bool hasUsualName = containers.Any(container => UsualNames.Contains(container.Name));
        ContainerCommand? engine = hasUsualName
            ? commands[0]
            : Array.Find(commands, command => EngineGuess.FromProgram(command) is not null)
                ?? Array.Find(commands, command => EngineGuess.FromImage(command) is not null)
                ?? commands.FirstOrDefault();
        return new ModelContainer(engine, engine is null ? null : EngineGuess.FromProgram(engine) ?? EngineGuess.FromImage(engine));
    }
}
