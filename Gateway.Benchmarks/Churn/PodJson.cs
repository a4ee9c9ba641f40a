namespace Gateway.Benchmarks.Churn;

/// <summary>Pods as the API server sends them: about 5 KB, most of it of no interest to the gateway.</summary>
internal static class PodJson
{
    public const string Namespace = "llm-d";
    public const string Model = "meta-llama/Llama-3.2-1B-Instruct";

    // Field managers, volumes, tolerations and states of containers make up the bulk of a real pod.
    private static readonly string ManagedFields = string.Join(',', Enumerable.Range(0, 40).Select(
        i => $$$"""{"manager":"kubelet-{{{i}}}","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:status":{} } }"""));

    public static string Of(int number, int port, bool isReady, long version, string ip = "127.0.0.1") => $$$"""
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"decode-{{{number}}}","namespace":"{{{Namespace}}}","uid":"{{{number:x8}}}-0000-0000-0000-000000000000",
        "resourceVersion":"{{{version}}}","creationTimestamp":"2026-01-01T00:00:00Z",
        "labels":{"llm-d.ai/inference-serving":"true","llm-d.ai/role":"decode","llm-d.ai/engine-type":"vllm","llm-d.ai/model":"llama","pod-template-hash":"abc"},
        "annotations":{"gateway.llm-d.ai/port":"{{{port}}}"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"decode-{{{number / 100}}}-abc","uid":"1","controller":true}],
        "managedFields":[{{{ManagedFields}}}]},
        "spec":{"containers":[{"name":"modelserver","image":"vllm/vllm-openai:latest","command":["vllm","serve"],
        "args":["{{{Model}}}","--port=8000","--tensor-parallel-size=1","--gpu-memory-utilization=0.9"],
        "ports":[{"name":"modelserver","containerPort":8000,"protocol":"TCP"}],"env":[{"name":"HF_HOME","value":"/models"}]}],"nodeName":"node-{{{number % 50}}}"},
        "status":{"phase":"Running","podIP":"{{{ip}}}","podIPs":[{"ip":"{{{ip}}}"}],
        "conditions":[{"type":"Ready","status":"{{{(isReady ? "True" : "False")}}}","lastTransitionTime":"2026-01-01T00:00:00Z"}]} }
        """.ReplaceLineEndings("");
}
