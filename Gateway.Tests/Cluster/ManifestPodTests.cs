using Gateway.Hosting;
using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>The gateway's own pods, and the engines of the local cluster.</summary>
public sealed class ManifestPodTests
{
    public static TheoryData<string> Sources => [.. ManifestFolder.Sources];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task NamesAndSelectors_LeadToEachOther(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);
        V1Deployment deployment = objects.Get<V1Deployment>();
        V1PodTemplateSpec pod = deployment.Spec.Template;
        V1Container container = Assert.Single(pod.Spec.Containers);
        V1Service service = objects.Get<V1Service>();
        V1ServicePort port = Assert.Single(service.Spec.Ports);

        Assert.Equal("llmd-gateway", pod.Metadata.Labels["app"]);
        Assert.Equal(pod.Metadata.Labels, deployment.Spec.Selector.MatchLabels);
        Assert.Equal(pod.Metadata.Labels, service.Spec.Selector);
        Assert.Equal(pod.Metadata.Labels, objects.Get<V1PodDisruptionBudget>().Spec.Selector.MatchLabels);
        Assert.All(pod.Spec.TopologySpreadConstraints, spread => Assert.Equal(pod.Metadata.Labels, spread.LabelSelector.MatchLabels));

        Assert.Equal(8000, port.Port);
        V1ContainerPort listened = Assert.Single(container.Ports, listened => listened.Name == port.TargetPort.Value);
        Assert.Equal(8000, listened.ContainerPort);
        Assert.All(
            (V1Probe[])[container.StartupProbe, container.LivenessProbe, container.ReadinessProbe],
            probe => Assert.Equal(listened.Name, probe.HttpGet.Port.Value));
        Assert.Equal(("/health", "/ready"), (container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Variables_AreConfigurationTheGatewayKnows(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);
        IList<V1EnvVar> variables = Assert.Single(objects.Get<V1Deployment>().Spec.Template.Spec.Containers).Env;

        GatewayOptions options = objects.ReadGatewayOptions();

        Assert.True(options.Kubernetes.Enabled);
        Assert.Equal(ManifestObjects.SecretValue, options.Admin.Token);
        V1SecretKeySelector token = Assert.Single(variables, variable => variable.ValueFrom is not null).ValueFrom.SecretKeyRef;
        Assert.Equal(("llmd-api-gateway-admin", "token", true), (token.Name, token.Key, token.Optional));
        Assert.Equal(("http://+:8000", ""), (Value("ASPNETCORE_URLS"), Value("ASPNETCORE_HTTP_PORTS")));
        Assert.Equal(("1", "0"), (Value("DOTNET_TC_CallCountingDelayMs"), Value("DOTNET_EnableDiagnostics")));

        string Value(string name) => Assert.Single(variables, variable => variable.Name == name).Value;
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task ADrain_EndsBeforeThePodIsKilled(string source)
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync(source);
        V1PodSpec pod = objects.Get<V1Deployment>().Spec.Template.Spec;
        DrainOptions drain = objects.ReadGatewayOptions().Drain;

        Assert.True(pod.TerminationGracePeriodSeconds > (drain.Delay + drain.Timeout).TotalSeconds);
        V1Probe readiness = pod.Containers[0].ReadinessProbe;
        Assert.True(readiness.PeriodSeconds * readiness.FailureThreshold < drain.Delay.TotalSeconds);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task EveryPod_RunsWithoutPrivileges(string source)
    {
        foreach (V1Deployment deployment in (await ManifestFolder.LoadAsync(source)).All.OfType<V1Deployment>())
        {
            V1PodSpec pod = deployment.Spec.Template.Spec;
            V1Container container = Assert.Single(pod.Containers);

            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal(1654, pod.SecurityContext.RunAsUser);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal("IfNotPresent", container.ImagePullPolicy);
            Assert.True(container.Resources.Limits.ContainsKey("memory"));
            Assert.False(container.Resources.Limits.ContainsKey("cpu"));
        }
    }

    [Fact]
    public async Task LocalEngines_AreLabelledAsLlmdLabelsThem_AndStartAsTheProgramUnderstands()
    {
        ManifestObjects objects = await ManifestFolder.LoadAsync("overlays/local");
        var engines = new List<(string Labelled, string OwnedBy, string Model)>();
        foreach (V1Deployment deployment in objects.All.OfType<V1Deployment>().Where(deployment => deployment.Metadata.Name != "llmd-api-gateway"))
        {
            V1PodTemplateSpec pod = deployment.Spec.Template;
            V1Container container = Assert.Single(pod.Spec.Containers);
            CommandLine commandLine = CommandLine.Parse([.. container.Args]);
            Assert.NotNull(commandLine.SimulatedEngine);

            Assert.Equal(pod.Metadata.Labels, deployment.Spec.Selector.MatchLabels);
            Assert.Equal(("decode", "true"), (pod.Metadata.Labels["llm-d.ai/role"], pod.Metadata.Labels["llm-d.ai/inference-serving"]));
            Assert.Equal(Assert.Single(container.Ports).ContainerPort, SimulatedEngineHost.ReadAddress(commandLine).Port);
            Assert.Equal(container.Ports[0].Name, container.ReadinessProbe.HttpGet.Port.Value);
            Assert.Equal(objects.Get<V1Deployment>().Spec.Template.Spec.Containers[0].Image, container.Image);
            engines.Add((pod.Metadata.Labels["llm-d.ai/engine-type"], commandLine.SimulatedEngine.OwnedBy, Assert.Single(commandLine.SimulatedEngine.Models)));
        }

        Assert.Equal(
            [
                ("sglang", "sglang", "meta-llama/Llama-3.2-1B-Instruct"),
                ("vllm", "vllm", "Qwen/Qwen2.5-0.5B-Instruct"),
                ("vllm", "vllm", "meta-llama/Llama-3.2-1B-Instruct"),
            ],
            engines.OrderBy(engine => engine.Labelled, StringComparer.Ordinal).ThenBy(engine => engine.Model, StringComparer.Ordinal));
    }
}
