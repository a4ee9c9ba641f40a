using Gateway.Hosting;
using Gateway.Routing;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Hosting;

public sealed class GatewayOptionsReaderTests
{
    [Fact]
    public void WithoutConfiguration_TheDefaultsHold()
    {
        GatewayOptions options = Read();

        Assert.Empty(options.Engines);
        Assert.Equal("body,header,query", options.Routing.Sources);
        Assert.Equal(64 * 1024 * 1024, options.Limits.MaxRequestBodyBytes);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Drain.Delay);
        Assert.Null(options.Timeouts.Total);
        Assert.Null(options.Kubernetes.Enabled);
        Assert.Equal("pod", options.Kubernetes.Address);
    }

    [Fact]
    public void EveryKindOfValue_IsRead()
    {
        GatewayOptions options = Read(
            "Engines:0:Url=http://h:1", "Engines:0:Models:0=a", "Engines:0:Models:1=b", "Engines:0:AppProtocol=kubernetes.io/h2c",
            "Mappings:0:Model=m", "Mappings:0:OwnedBy=vllm", "Mappings:0:Priority=-3", "Mappings:0:Targets:0:ServiceName=s",
            "Mappings:0:Targets:0:Weight=5", "Mappings:0:Targets:1:Endpoints:0=https://h:2",
            "Routing:Sources=Header, query", "routing:modelsuffix=TRUE", "Routing:ExtraPaths:0=/v1/moderations", "Routing:Picker=random",
            "Limits:MaxRequestBodyBytes=123456789012", "Timeouts:Total=1.02:03:04.5", "Drain:Delay=00:00:00", "Kubernetes:Enabled=false");

        Assert.Equal(["a", "b"], options.Engines[0].Models);
        Assert.Equal("kubernetes.io/h2c", options.Engines[0].AppProtocol);
        Assert.Equal(-3, options.Mappings[0].Priority);
        Assert.Equal(5, options.Mappings[0].Targets[0].Weight);
        Assert.Equal(["https://h:2"], options.Mappings[0].Targets[1].Endpoints);
        Assert.True(options.Routing.ModelSuffix);
        Assert.Equal("random", options.Routing.Picker);
        Assert.Equal(123456789012, options.Limits.MaxRequestBodyBytes);
        Assert.Equal(new TimeSpan(1, 2, 3, 4, 500), options.Timeouts.Total);
        Assert.Equal(TimeSpan.Zero, options.Drain.Delay);
    }

    [Fact]
    public void JsonNullAndEmptyLists_LeaveTheDefault()
    {
        using var json = new MemoryStream("""{"Gateway":{"Engines":[],"Retry":{},"Admin":{"Token":null},"Timeouts":{"Total":null}}}"""u8.ToArray());

        GatewayOptions options = GatewayOptionsReader.Read(new ConfigurationBuilder().AddJsonStream(json).Build());

        Assert.Empty(options.Engines);
        Assert.Equal(2, options.Retry.Connect);
        Assert.Null(options.Admin.Token);
        Assert.Null(options.Timeouts.Total);
    }

    [Fact]
    public void AValueOfTheSectionItself_IsNobodys() =>
        GatewayOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection([new("GATEWAY", "10.0.0.1")]).Build());

    [Theory]
    [InlineData("Kubernetes:Enabled=yes", "Gateway:Kubernetes:Enabled is 'yes'; allowed is true or false.")]
    [InlineData("Kubernetes:Address=node", "Gateway:Kubernetes:Address is 'node'; allowed is pod or service.")]
    [InlineData("Kubernetes:Selector=role in decode", "Gateway:Kubernetes:Selector is 'role in decode'; allowed is a label selector as kubectl takes it, but 'role in decode' is none of ")]
    [InlineData("Kubernetes:Selector=", "Gateway:Kubernetes:Selector is empty; allowed is a text")]
    [InlineData("Kubernetes:Namespaces:0=", "Gateway:Kubernetes:Namespaces:0 is empty; allowed is a text.")]
    [InlineData("Kubernetes:Namespaces:0= ", "Gateway:Kubernetes:Namespaces:0 is ' '; allowed is the name of a namespace, or * for all.")]
    [InlineData("Kubernetes:Kubeconfig=no/such", "Gateway:Kubernetes:Kubeconfig is 'no/such'; allowed is a file that exists.")]
    [InlineData("Retri:Connect=1", "Gateway:Retri is not a key of the gateway; allowed are Gateway:Engines, Gateway:Mappings, ")]
    [InlineData("Retry:Conect=1", "Gateway:Retry:Conect is not a key of the gateway; allowed are Gateway:Retry:Connect, Gateway:Retry:AfterSend.")]
    [InlineData("Engines:0:Uri=http://h", "Gateway:Engines:0:Uri is not a key of the gateway; allowed are Gateway:Engines:0:Url, ")]
    [InlineData("Retry:Connect:Times=1", "Gateway:Retry:Connect:Times is not a key of the gateway: Gateway:Retry:Connect takes a whole number from 0 to 10.")]
    [InlineData("Retry=3", "Gateway:Retry is one value; allowed are the keys Gateway:Retry:Connect, Gateway:Retry:AfterSend.")]
    [InlineData("Engines=http://h", "Gateway:Engines is one value; allowed is a list, as Gateway:Engines:0, Gateway:Engines:1 and so on.")]
    [InlineData("Engines:Url=http://h", "Gateway:Engines:Url is one value; allowed are the keys Gateway:Engines:Url:Url, ")]
    [InlineData("Routing:DefaultOwnedBy=vllm", "Gateway:Routing:DefaultOwnedBy is one value; allowed is a list, ")]
    [InlineData("Routing:DefaultOwnedBy:0=", "Gateway:Routing:DefaultOwnedBy:0 is empty; allowed is a text.")]
    [InlineData("Retry:Connect=", "Gateway:Retry:Connect is empty; allowed is a whole number from 0 to 10, or to leave it out.")]
    [InlineData("Retry:Connect=two", "Gateway:Retry:Connect is 'two'; allowed is a whole number from 0 to 10.")]
    [InlineData("Retry:Connect=1.0", "Gateway:Retry:Connect is '1.0'; allowed is a whole number from 0 to 10.")]
    [InlineData("Retry:Connect=11", "Gateway:Retry:Connect is '11'; allowed is a whole number from 0 to 10.")]
    [InlineData("Retry:Connect=99999999999", "Gateway:Retry:Connect is '99999999999'; allowed is a whole number from 0 to 10.")]
    [InlineData("Limits:MaxRequestBodyBytes=0", "Gateway:Limits:MaxRequestBodyBytes is '0'; allowed is a whole number of at least 1.")]
    [InlineData("Limits:ReplayBytes=-1", "Gateway:Limits:ReplayBytes is '-1'; allowed is a whole number of at least 0.")]
    [InlineData("Routing:ModelSuffix=1", "Gateway:Routing:ModelSuffix is '1'; allowed is true or false.")]
    [InlineData("Streams:KeepAlive=15", "Gateway:Streams:KeepAlive is '15'; allowed is a duration written [d.]hh:mm:ss[.fff], from 00:00:00 to 24.00:00:00.")]
    [InlineData("Streams:KeepAlive=00:00:00", "Gateway:Streams:KeepAlive is '00:00:00'; allowed is a duration of at least 00:00:00.1.")]
    [InlineData("State:Path=", "Gateway:State:Path is empty; allowed is a text, or to leave it out.")]
    public void WhatCantBeRead_IsNamedWithWhatIsAllowed(string entry, string message) => AssertRefused(message, entry);

    [Theory]
    [InlineData("2")]
    [InlineData("2.5")]
    [InlineData("30s")]
    [InlineData("00:30")]
    [InlineData("0:00:30")]
    [InlineData("-00:00:01")]
    [InlineData("24:00:00")]
    [InlineData("24.00:00:01")]
    public void ADurationWithoutItsForm_IsRefused(string value) =>
        AssertRefused($"Gateway:Drain:Delay is '{value}'; allowed is a duration written [d.]hh:mm:ss[.fff], from 00:00:00 to 24.00:00:00.", $"Drain:Delay={value}");

    [Theory]
    [InlineData("Connect")]
    [InlineData("FirstByte")]
    [InlineData("FirstByteUnary")]
    [InlineData("Idle")]
    [InlineData("Total")]
    public void NoTimeAtAll_IsRefused(string timeout)
    {
        AssertRefused($"Gateway:Timeouts:{timeout} is '00:00:00'; allowed is a duration above 00:00:00.", $"Timeouts:{timeout}=00:00:00");
        AssertRefused($"Gateway:Timeouts:{timeout} is '0.00:00:00.0'; allowed", $"Timeouts:{timeout}=0.00:00:00.0");
    }

    [Theory]
    [InlineData("Picker=inference", "Gateway:Routing:Picker is 'inference'; allowed is least-requests or round-robin or random.")]
    [InlineData("Sources=body,cookie", "Gateway:Routing:Sources is 'body,cookie'; allowed is a list, separated by commas, of body, header, query, each once at most.")]
    [InlineData("Sources=body,Body", "Gateway:Routing:Sources is 'body,Body'; allowed is a list")]
    [InlineData("Sources=body,", "Gateway:Routing:Sources is 'body,'; allowed is a list")]
    [InlineData("Sources:0=body", "Gateway:Routing:Sources:0 is not a key of the gateway: Gateway:Routing:Sources takes a text.")]
    [InlineData("ExtraPaths:0=v1/x", "Gateway:Routing:ExtraPaths:0 is 'v1/x'; allowed is a path that begins with '/', without a query or a wildcard.")]
    [InlineData("ExtraPaths:0=/x?y=1", "Gateway:Routing:ExtraPaths:0 is '/x?y=1'; allowed is a path that begins")]
    [InlineData("ExtraPaths:0=/", "Gateway:Routing:ExtraPaths:0 is '/'; allowed is a path other than the gateway's own: /, /v1/models, /health,")]
    [InlineData("ExtraPaths:0=/Ready", "Gateway:Routing:ExtraPaths:0 is '/Ready'; allowed is a path other than the gateway's own")]
    [InlineData("ExtraPaths:0=/admin/api/routing", "Gateway:Routing:ExtraPaths:0 is '/admin/api/routing'; allowed is a path other than")]
    [InlineData("ExtraPaths:0=/v1/models/", "Gateway:Routing:ExtraPaths:0 is '/v1/models/'; allowed is a path other than")]
    public void WrongRouting_IsNamed(string entry, string message) => AssertRefused(message, $"Routing:{entry}");

    [Fact]
    public void ExtraPaths_MayBeginLikeAnOwnOne() =>
        Assert.Equal(["/healthcheck"], Read("Routing:ExtraPaths:0=/healthcheck").Routing.ExtraPaths);

    [Theory]
    [InlineData("Gateway:Engines:3:Url is missing; allowed is a text.", "Engines:3:OwnedBy=x")]
    [InlineData("Gateway:Engines:3:Url is 'h:1'; allowed is http(s)://host[:port] and nothing more.", "Engines:3:Url=h:1")]
    [InlineData("Gateway:Engines:3:Url is 'http://h/v1'; allowed", "Engines:3:Url=http://h/v1")]
    [InlineData("Gateway:Engines:3:Url is '…@h'; allowed", "Engines:3:Url=http://me:secret@h")]
    [InlineData("Gateway:Engines:7:Url is 'HTTP://H:80'; allowed is an address once, and Gateway:Engines:3:Url has it already.", "Engines:3:Url=http://h", "Engines:7:Url=HTTP://H:80")]
    [InlineData("Gateway:Engines:3:AppProtocol is 'grpc'; allowed is http or kubernetes.io/h2c.", "Engines:3:Url=http://h", "Engines:3:AppProtocol=grpc")]
    [InlineData("Gateway:Engines:3:ApiKey and Gateway:Engines:3:ApiKeyFile are both given; allowed is one of them.", "Engines:3:Url=http://h", "Engines:3:ApiKey=secret", "Engines:3:ApiKeyFile=f")]
    [InlineData("Gateway:Engines:3:ApiKeyFile is 'no/such'; allowed is a file that exists and is not empty.", "Engines:3:Url=http://h", "Engines:3:ApiKeyFile=no/such")]
    [InlineData("Gateway:Admin:Token and Gateway:Admin:TokenFile are both given; allowed is one of them.", "Admin:Token=secret", "Admin:TokenFile=f")]
    [InlineData("Gateway:Admin:TokenFile is 'no/such'; allowed is a file that exists and is not empty.", "Admin:TokenFile=no/such")]
    [InlineData("Gateway:Admin:Token is empty; allowed is a text, or to leave it out.", "Admin:Token=")]
    public void WrongEnginesAndSecrets_AreNamedWithoutTheSecret(string message, params string[] entries) => AssertRefused(message, entries);

    [Theory]
    [InlineData("Gateway:Mappings:2:Model is missing; allowed is a text.", "OwnedBy=v")]
    [InlineData("Gateway:Mappings:2:OwnedBy is missing; allowed is a text.", "Model=m")]
    [InlineData("Gateway:Mappings:2 says not where to; allowed is exactly one of ServiceName, Endpoints, Targets.", "Model=m", "OwnedBy=v")]
    [InlineData("Gateway:Mappings:2 has ServiceName and Endpoints; allowed is exactly one of ServiceName, Endpoints, Targets.", "Model=m", "OwnedBy=v", "ServiceName=s", "Endpoints:0=http://h")]
    [InlineData("Gateway:Mappings:2:Endpoints:0 is 'h'; allowed is http(s)://host[:port] and nothing more.", "Model=m", "OwnedBy=v", "Endpoints:0=h")]
    [InlineData("Gateway:Mappings:2:Targets:0 says not where to; allowed is exactly one of ServiceName, Endpoints.", "Model=m", "OwnedBy=v", "Targets:0:Weight=1")]
    [InlineData("Gateway:Mappings:2:Targets:0 has ServiceName and Endpoints; allowed", "Model=m", "OwnedBy=v", "Targets:0:ServiceName=s", "Targets:0:Endpoints:0=http://h")]
    [InlineData("Gateway:Mappings:2:Targets:0:Endpoints:0 is 'h'; allowed", "Model=m", "OwnedBy=v", "Targets:0:Endpoints:0=h")]
    [InlineData("Gateway:Mappings:2:Weight is '-1'; allowed is a whole number from 0 to 1000000.", "Model=m", "OwnedBy=v", "ServiceName=s", "Weight=-1")]
    [InlineData("Gateway:Mappings:2:Timeouts:Idle is '30'; allowed is a duration written [d.]hh:mm:ss[.fff], from 00:00:00 to 24.00:00:00.", "Model=m", "OwnedBy=v", "ServiceName=s", "Timeouts:Idle=30")]
    [InlineData("Gateway:Mappings:2:Timeouts:Total is '00:00:00'; allowed is a duration above 00:00:00.", "Model=m", "OwnedBy=v", "ServiceName=s", "Timeouts:Total=00:00:00")]
    [InlineData("Gateway:Mappings:2:Timeouts:Connect is not a key of the gateway; allowed are Gateway:Mappings:2:Timeouts:FirstByte, ", "Model=m", "OwnedBy=v", "ServiceName=s", "Timeouts:Connect=00:00:02")]
    [InlineData("Gateway:Mappings:2:Timeouts is one value; allowed are the keys Gateway:Mappings:2:Timeouts:FirstByte, ", "Model=m", "OwnedBy=v", "ServiceName=s", "Timeouts=00:00:02")]
    public void WrongMappings_AreNamed(string message, params string[] entries) =>
        AssertRefused(message, [.. entries.Select(entry => $"Mappings:2:{entry}")]);

    [Fact]
    public void TimeoutsOfAMapping_AreReadLikeThoseForAll() => Assert.Equal(
        new RouteTimeouts { FirstByte = TimeSpan.FromSeconds(30), Total = TimeSpan.FromHours(25) },
        Read(
            "Mappings:0:Model=m", "Mappings:0:OwnedBy=v", "Mappings:0:ServiceName=s",
            "Mappings:0:Timeouts:FirstByte=00:00:30", "Mappings:0:Timeouts:Total=1.01:00:00").Mappings[0].Timeouts);

    [Theory]
    [InlineData("Gateway:Kubernetes:Namespaces:1 is '*'; allowed is the name of a namespace; * stands alone.", "llm-d", "*")]
    [InlineData("Gateway:Kubernetes:Namespaces:0 is '*'; allowed is the name of a namespace; * stands alone.", "*", "llm-d")]
    [InlineData("Gateway:Kubernetes:Namespaces:1 is 'llm-d'; allowed is a namespace once.", "llm-d", "llm-d")]
    public void NamespacesThatContradictEachOther_AreNamed(string message, params string[] namespaces) =>
        AssertRefused(message, [.. namespaces.Select((name, i) => $"Kubernetes:Namespaces:{i}={name}")]);

    [Fact]
    public void TwoMappingsOfOnePair_AreRefused() =>
        AssertRefused(
            "Gateway:Mappings:1 is for 'm' on 'TRTLLM'; allowed is one mapping for a pair, and Gateway:Mappings:0 has it already.",
            "Mappings:0:Model=m", "Mappings:0:OwnedBy=tensorrt_llm", "Mappings:0:ServiceName=s",
            "Mappings:1:Model=m", "Mappings:1:OwnedBy=TRTLLM", "Mappings:1:ServiceName=s");

    [Fact]
    public void ASecretFile_MustHoldSomething()
    {
        string file = Path.GetTempFileName();
        try
        {
            AssertRefused($"Gateway:Admin:TokenFile is '{file}'; allowed is a file that exists and is not empty.", $"Admin:TokenFile={file}");
            File.WriteAllText(file, "secret");
            Assert.Equal(file, Read($"Admin:TokenFile={file}").Admin.TokenFile);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AMessage_IsOneLineWhateverTheValueHolds() =>
        AssertRefused("Gateway:Routing:Picker is 'a b'; allowed", "Routing:Picker=a\nb");

    private static void AssertRefused(string message, params string[] entries)
    {
        var exception = Assert.Throws<ConfigurationException>(() => Read(entries));

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    private static GatewayOptions Read(params string[] entries)
    {
        var values = entries.Select(entry => entry.Split('=', 2)).ToDictionary(pair => $"Gateway:{pair[0]}", pair => (string?)pair[1]);
        return GatewayOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}
