using System.Collections.Frozen;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>Everyone who takes part.</summary>
internal static class Contenders
{
    public static readonly IReadOnlySet<string> NothingLeftOut = FrozenSet<string>.Empty;

    public static IReadOnlyList<IContender> All { get; } =
    [
        new DirectContender(), new HaproxyTcpContender(), new HaproxyJsonContender(), new NginxContender(),
        new YarpContender("yarp", inline: false), new GatewayContender("gateway", metrics: true),
    ];

    /// <summary>Measured only when asked for by name.</summary>
    public static IReadOnlyList<IContender> OnRequest { get; } =
    [
        new YarpContender("yarp-inline", inline: true), new GatewayContender("gateway-unmeasured", metrics: false),
    ];
}
