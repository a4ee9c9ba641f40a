using k8s;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>Pods as llm-d's chart and guides render them, shortened to what says something about how they serve.</summary>
internal static class LlmdPods
{
    /// <summary>The chart llm-d-modelservice with its routing sidecar: the port has no name, the engine listens on another.</summary>
    public const string ChartDecode = """
        metadata:
          name: ms-llama-32-1b-llm-d-modelservice-decode-6b8f7c5d4-x2x9k
          namespace: llm-d
          labels:
            llm-d.ai/inference-serving: "true"
            llm-d.ai/model: llama-3-2-1b
            llm-d.ai/role: decode
            pod-template-hash: 6b8f7c5d4
          ownerReferences:
          - {apiVersion: apps/v1, kind: ReplicaSet, name: ms-llama-32-1b-llm-d-modelservice-decode-6b8f7c5d4, uid: u1, controller: true}
        spec:
          initContainers:
          - name: routing-proxy
            image: ghcr.io/llm-d/llm-d-routing-sidecar:v0.4.0
            restartPolicy: Always
            args: ["--port=8000", "--vllm-port=8200", "--connector=nixlv2"]
            ports:
            - containerPort: 8000
          containers:
          - name: vllm
            image: ghcr.io/llm-d/llm-d-cuda:v0.4.0
            command: ["vllm", "serve"]
            args: ["/model-cache/models/meta-llama/Llama-3.2-1B-Instruct", "--port", "8200", "--served-model-name", "meta-llama/Llama-3.2-1B-Instruct", "--tensor-parallel-size", "1"]
            env:
            - {name: DP_SIZE, value: "1"}
            ports:
            - {containerPort: 8200, name: metrics}
            - {containerPort: 5600}
        """;

    /// <summary>The chart's prefill pods: no sidecar, the engine on the port of the service.</summary>
    public const string ChartPrefill = """
        metadata:
          name: ms-llama-32-1b-llm-d-modelservice-prefill-7d9-b4b4b
          namespace: llm-d
          labels: {llm-d.ai/inference-serving: "true", llm-d.ai/model: llama-3-2-1b, llm-d.ai/role: prefill, pod-template-hash: 7d9}
        spec:
          containers:
          - name: vllm
            image: ghcr.io/llm-d/llm-d-cuda:v0.4.0
            args: ["--model", "meta-llama/Llama-3.2-1B-Instruct", "--port", "8000"]
        """;

    /// <summary>The guide "optimized baseline": the model stands after <c>vllm serve</c>, nothing names the engine.</summary>
    public const string GuideDecode = """
        metadata:
          name: optimized-baseline-nvidia-gpu-vllm-decode-5f4-q8q8q
          namespace: llm-d
          labels:
            llm-d.ai/model: Qwen3-32B
            llm-d.ai/guide: optimized-baseline
            llm-d.ai/accelerator-vendor: nvidia
            llm-d.ai/role: decode
        spec:
          containers:
          - name: modelserver
            image: vllm/vllm-openai:v0.11.0
            command: ["vllm", "serve"]
            args: ["Qwen/Qwen3-32B", "--port=8000", "--enforce-eager"]
            ports:
            - {containerPort: 5557, name: kv-events}
            - {containerPort: 8000, name: modelserver}
        """;

    /// <summary>The same guide on SGLang, which has the label.</summary>
    public const string GuideSglang = """
        metadata:
          name: optimized-baseline-nvidia-gpu-sglang-decode-5f4-s1s1s
          namespace: llm-d
          labels: {llm-d.ai/model: Qwen3-32B, llm-d.ai/role: decode, llm-d.ai/engine-type: sglang}
        spec:
          containers:
          - name: modelserver
            image: lmsysorg/sglang:v0.5.3
            command: ["python3", "-m", "sglang.launch_server"]
            args: ["--model-path", "Qwen/Qwen3-32B", "--host", "0.0.0.0", "--port", "8000"]
            ports:
            - {containerPort: 8000, name: modelserver}
        """;

    /// <summary>The guide "P/D disaggregation": a script, and a sidecar whose port has a name.</summary>
    public const string GuideDisaggregated = """
        metadata:
          name: pd-nvidia-gpu-vllm-decode-76c-z5z5z
          namespace: llm-d
          labels: {llm-d.ai/model: gpt-oss-120b, llm-d.ai/guide: pd-disaggregation, llm-d.ai/role: decode}
        spec:
          initContainers:
          - name: routing-proxy
            args: ["--port=9000", "--vllm-port=8200", "--kv-connector=nixlv2", "--secure-proxy=false"]
            ports:
            - {containerPort: 8000, name: sidecar}
            restartPolicy: Always
          containers:
          - name: modelserver
            image: ghcr.io/llm-d/llm-d-cuda:v0.5.0
            command: ["/bin/bash", "-c"]
            args:
            - |
              # Wait for the weights, then serve
              set -e; export FOO='a b'
              exec vllm serve openai/gpt-oss-120b \
                --port=8200 \
                --tensor-parallel-size $TP_SIZE
            env:
            - {name: TP_SIZE, value: "4"}
            ports:
            - {containerPort: 8200, name: modelserver}
        """;

    /// <summary>Wide expert parallelism on a LeaderWorkerSet, as its second pod.</summary>
    public const string LeaderWorkerSetWorker = """
        metadata:
          name: wide-ep-decode-0-1
          namespace: llm-d
          labels: {llm-d.ai/role: decode, leaderworkerset.sigs.k8s.io/name: wide-ep-decode, leaderworkerset.sigs.k8s.io/worker-index: "1"}
        spec:
          containers:
          - {name: vllm, image: ghcr.io/llm-d/llm-d-cuda:v0.4.0}
        """;

    /// <summary>A pod that is Ready.</summary>
    public static V1Pod Running(string yaml, string ip = "10.0.0.7")
    {
        V1Pod pod = KubernetesYaml.Deserialize<V1Pod>(yaml);
        pod.Status = new V1PodStatus { Phase = "Running", PodIP = ip, Conditions = [new() { Type = "Ready", Status = "True" }] };
        return pod;
    }

    public static V1Pod NotReady(this V1Pod pod, string? message = null)
    {
        pod.Status.Conditions = [new() { Type = "PodScheduled", Status = "True" }, new() { Type = "Ready", Status = "False", Message = message }];
        return pod;
    }

    public static V1Pod Annotated(this V1Pod pod, string name, string value)
    {
        pod.Metadata.Annotations ??= new Dictionary<string, string>();
        pod.Metadata.Annotations[name] = value;
        return pod;
    }

    public static V1Pod Labelled(this V1Pod pod, string name, string? value)
    {
        pod.Metadata.Labels ??= new Dictionary<string, string>();
        if (value is null)
            pod.Metadata.Labels.Remove(name);
        else
            pod.Metadata.Labels[name] = value;
        return pod;
    }

    public static V1Pod Named(this V1Pod pod, string name, string? @namespace = null)
    {
        pod.Metadata.Name = name;
        pod.Metadata.NamespaceProperty = @namespace ?? pod.Metadata.NamespaceProperty;
        return pod;
    }

    /// <summary>A pod that is not one of llm-d's: a bare container with these lines of YAML in it.</summary>
    public static V1Pod WithContainer(string yaml, string ip = "10.0.0.7")
    {
        string indented = string.Join("\n    ", yaml.Split('\n'));
        return Running($"metadata: {{name: p, namespace: llm-d, labels: {{llm-d.ai/role: decode}}}}\nspec:\n  containers:\n  - name: c\n    {indented}", ip);
    }
}
