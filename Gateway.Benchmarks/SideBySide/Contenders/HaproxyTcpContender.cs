using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>HAProxy that copies bytes and looks at none: the floor of any proxy.</summary>
internal sealed class HaproxyTcpContender : IContender
{
    public string Name => "haproxy-tcp";

    public IReadOnlySet<string> LeftOut => Contenders.NothingLeftOut;

    public string? Missing() => Haproxy.Missing();

    public Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
    {
        int port = FreePort.Find();
        string configuration = $"""
            {Haproxy.Global}

            defaults
                mode tcp
                timeout connect 5s
                timeout client 10m
                timeout server 10m

            frontend clients
                bind 127.0.0.1:{port}
                default_backend engines

            backend engines
                balance leastconn
            {Haproxy.Servers(setup.Engines)}
            """;
        return Haproxy.StartAsync(Name, setup, port, configuration, new Dictionary<string, string>(), cancellationToken);
    }
}
