using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class PodReadingTests
{
    [Theory]
    [InlineData(LlmdPods.ChartDecode, "http://10.0.0.7:8000")]
    [InlineData(LlmdPods.ChartPrefill, "http://10.0.0.7:8000")]
    [InlineData(LlmdPods.GuideDecode, "http://10.0.0.7:8000")]
    [InlineData(LlmdPods.GuideSglang, "http://10.0.0.7:8000")]
    [InlineData(LlmdPods.GuideDisaggregated, "http://10.0.0.7:8000")]
    public void LlmdsOwnPods_AreDialledWhereTheyServe(string yaml, string address) =>
        Assert.Equal([address], Addresses(LlmdPods.Running(yaml)));

    [Theory]
    [InlineData("ports: [{containerPort: 9, name: http}, {containerPort: 8, name: modelserver}]", 8)]
    [InlineData("ports: [{containerPort: 9, name: vllm}, {containerPort: 8, name: http}]", 8)]
    [InlineData("ports: [{containerPort: 9, name: vllm}, {containerPort: 8}]", 9)]
    [InlineData("ports: [{containerPort: 9, name: metrics}]", 8000)]
    [InlineData("ports: [{containerPort: 9, name: metrics}]\nargs: [--port, \"8\"]", 8)]
    [InlineData("ports: [{containerPort: 9, name: http}]\nargs: [--port, \"8\"]", 9)]
    [InlineData("args: [--port=8, --port=9]", 9)]
    [InlineData("args: [--port=$(PORT)]\nenv: [{name: PORT, value: \"8\"}]", 8)]
    [InlineData("args: [--port=$(PORT)]", 8000)]
    [InlineData("args: [--port=70000]", 8000)]
    [InlineData("command: [sh, -c, 'vllm serve m --port ${PORT}']\nenv: [{name: PORT, value: \"8\"}]", 8)]
    [InlineData("image: x", 8000)]
    public void APort_IsFoundInTheOrderOfWhatIsMostParticular(string container, int port) =>
        Assert.Equal([$"http://10.0.0.7:{port}"], Addresses(LlmdPods.WithContainer(container)));

    [Fact]
    public void TheSidecarsPort_ComesBeforeTheEngines()
    {
        Assert.Equal(["http://10.0.0.7:8000"], Addresses(LlmdPods.Running(LlmdPods.GuideDisaggregated)));

        // Without a name, the sidecar's own option tells.
        V1Pod unnamed = LlmdPods.Running(LlmdPods.GuideDisaggregated);
        unnamed.Spec.InitContainers[0].Ports = null;
        Assert.Equal(["http://10.0.0.7:9000"], Addresses(unnamed));
    }

    [Fact]
    public void AnAnnotation_OutranksEveryOtherPort()
    {
        V1Pod pod = LlmdPods.Running(LlmdPods.GuideDisaggregated).Annotated("gateway.llm-d.ai/port", "8200");

        Assert.Equal(["http://10.0.0.7:8200"], Addresses(pod));
        Assert.Equal(["http://10.0.0.7:8200"], Addresses(pod, new TargetPort(1), new TargetPort(2)));
    }

    [Fact]
    public void WhatIsGiven_OutranksWhatThePodSays() =>
        Assert.Equal(
            ["http://10.0.0.7:1", "http://10.0.0.7:2"], Addresses(LlmdPods.Running(LlmdPods.GuideDecode), new TargetPort(1), new TargetPort(2)));

    [Theory]
    [InlineData("https", "https://10.0.0.7:8000")]
    [InlineData("http", "http://10.0.0.7:8000")]
    public void AnAnnotation_SaysWhichScheme(string scheme, string address) =>
        Assert.Equal([address], Addresses(LlmdPods.Running(LlmdPods.GuideDecode).Annotated("gateway.llm-d.ai/scheme", scheme)));

    [Fact]
    public void AnIpv6Address_StandsInBrackets() =>
        Assert.Equal(["http://[fd00::7]:8000"], Addresses(LlmdPods.Running(LlmdPods.GuideDecode, ip: "fd00:0::7")));

    [Theory]
    [InlineData("gateway.llm-d.ai/port", "http", "annotation gateway.llm-d.ai/port is 'http'; allowed is a whole number from 1 to 65535")]
    [InlineData("gateway.llm-d.ai/port", "0", "annotation gateway.llm-d.ai/port is '0'; allowed is a whole number from 1 to 65535")]
    [InlineData("gateway.llm-d.ai/scheme", "grpc", "annotation gateway.llm-d.ai/scheme is 'grpc'; allowed are http, https")]
    [InlineData("gateway.llm-d.ai/engine", "my engine", "annotation gateway.llm-d.ai/engine is 'my engine'; allowed are at most 128 printable ASCII characters without spaces")]
    public void AnAnnotationThatCanNotBeMeant_IsNamed(string annotation, string value, string reason)
    {
        var reading = PodReading.Of(LlmdPods.Running(LlmdPods.GuideDecode).Annotated(annotation, value), given: null);

        Assert.Empty(reading.Endpoints);
        Assert.Equal(reason, reading.Objection);
    }

    [Theory]
    [InlineData(LlmdPods.ChartDecode, "meta-llama/Llama-3.2-1B-Instruct")]
    [InlineData(LlmdPods.ChartPrefill, "meta-llama/Llama-3.2-1B-Instruct")]
    [InlineData(LlmdPods.GuideDecode, "Qwen/Qwen3-32B")]
    [InlineData(LlmdPods.GuideSglang, "Qwen/Qwen3-32B")]
    [InlineData(LlmdPods.GuideDisaggregated, "openai/gpt-oss-120b")]
    public void LlmdsOwnPods_TellTheirModel(string yaml, string model) => Assert.Equal([model], Only(LlmdPods.Running(yaml)).FallbackModels);

    [Theory]
    [InlineData("args: [--model, m, --served-model-name, a, b, --port, \"1\"]", "a b")]
    [InlineData("args: [--served-model-name=a, b]", "a")]
    [InlineData("args: [--served_model_name, a]", "a")]
    [InlineData("args: [--model=m]", "m")]
    [InlineData("args: [--model-path, /models/m]", "/models/m")]
    [InlineData("command: [trtllm-serve, m, --port, \"1\"]", "m")]
    [InlineData("command: [trtllm-serve, serve, m]", "m")]
    [InlineData("command: [/usr/local/bin/vllm, serve, --port, \"1\"]", "")]
    [InlineData("image: vllm/vllm-openai:v0.11.0\nargs: [m, --port=1]", "m")]
    [InlineData("image: nginx\nargs: [m]", "")]
    [InlineData("args: [--model, $(MODEL)]\nenv: [{name: MODEL, value: m}]", "m")]
    [InlineData("args: [--model, $(MODEL)]\nenv: [{name: MODEL, valueFrom: {configMapKeyRef: {name: c, key: k}}}]", "")]
    [InlineData("command: [bash, -lc, \"vllm serve 'a model' --served-model-name x y && echo done\"]", "x y")]
    [InlineData("command: [sh, -c, 'python3 -m vllm.entrypoints.openai.api_server --model \"m\"; sleep 1']", "m")]
    [InlineData("command: [sh, -c, 'vllm serve m # --served-model-name old']", "m")]
    [InlineData("image: x", "")]
    public void AModel_IsReadFromTheCommandLine(string container, string models) =>
        Assert.Equal(models.Split(' ', StringSplitOptions.RemoveEmptyEntries), Only(LlmdPods.WithContainer(container)).FallbackModels);

    [Theory]
    [InlineData("image: vllm/vllm-openai", "vllm")]
    [InlineData("image: lmsysorg/sglang", "sglang")]
    [InlineData("image: nvcr.io/nvidia/tensorrt-llm/release", "tensorrt_llm")]
    [InlineData("image: ghcr.io/ggml-org/llama.cpp:server", "llamacpp")]
    [InlineData("image: x", "vllm")]
    [InlineData("image: vllm/vllm-openai\ncommand: [python3, -m, sglang.launch_server]", "sglang")]
    [InlineData("image: x\ncommand: [trtllm-serve, m]", "tensorrt_llm")]
    [InlineData("image: x\ncommand: [/app/llama-server, -m, /models/vllm.gguf]", "llamacpp")]
    [InlineData("image: x\ncommand: [sh, -c, 'exec python -m sglang.launch_server --model-path m']", "sglang")]
    public void AnEngine_IsGuessedFromWhatRuns(string container, string engine)
    {
        FoundEndpoint found = Only(LlmdPods.WithContainer(container));

        Assert.Null(found.Engine);
        Assert.Equal(engine, found.FallbackEngine);
    }

    [Fact]
    public void TheEngineOfAPod_IsSoughtInTheContainerThatRunsOne()
    {
        var program = new V1Container { Name = "engine", Image = "x", Command = ["sglang.launch_server"], Args = ["--model-path", "m"] };
        var named = new V1Container { Name = "modelserver", Image = "x", Args = ["--model", "named"] };

        Assert.Equal(["m"], Only(BesideAProxy(program)).FallbackModels);
        Assert.Equal(["named"], Only(BesideAProxy(program, named)).FallbackModels);

        static V1Pod BesideAProxy(params V1Container[] containers)
        {
            V1Pod pod = LlmdPods.WithContainer("image: envoy\nargs: [--model, no]");
            pod.Spec.Containers = [.. pod.Spec.Containers, .. containers];
            return pod;
        }
    }

    [Fact]
    public void ALabelOrAnAnnotation_NamesTheEngine_InTheirOrder()
    {
        Assert.Null(Only(LlmdPods.Running(LlmdPods.GuideDecode)).Engine);
        Assert.Equal("aibrix", Only(Third()).Engine);
        Assert.Equal("legacy", Only(Second()).Engine);
        Assert.Equal("trtllm-serve", Only(First()).Engine);
        Assert.Equal("mine", Only(First().Annotated("gateway.llm-d.ai/engine", "mine")).Engine);

        static V1Pod Third() => LlmdPods.Running(LlmdPods.GuideDecode).Labelled("model.aibrix.ai/engine", "aibrix");
        static V1Pod Second() => Third().Labelled("inference.networking.k8s.io/engine-type", "legacy");
        static V1Pod First() => Second().Labelled("llm-d.ai/engine-type", "trtllm-serve");
    }

    [Fact]
    public void APod_IsKnownByItsDeployment()
    {
        FoundEndpoint found = Only(LlmdPods.Running(LlmdPods.ChartDecode));

        Assert.Equal("ms-llama-32-1b-llm-d-modelservice-decode", found.ServiceName);
        Assert.Equal("llm-d", found.Namespace);
        Assert.Equal("pod llm-d/ms-llama-32-1b-llm-d-modelservice-decode-6b8f7c5d4-x2x9k", found.Origin.ToString());
    }

    private static string[] Addresses(V1Pod pod, params TargetPort[] given)
    {
        // As the watches do.
        ObjectBulk.Drop(pod);
        return [.. PodReading.Of(pod, given.Length == 0 ? null : given).Endpoints.Select(endpoint => endpoint.Address.ToString())];
    }

    private static FoundEndpoint Only(V1Pod pod) => Assert.Single(PodReading.Of(pod, given: null).Endpoints);
}
