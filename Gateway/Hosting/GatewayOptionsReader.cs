using Gateway.Forwarding;
using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>Reads <c>Gateway:</c> whole, or says what is wrong with it.</summary>
internal static class GatewayOptionsReader
{
    /// <exception cref="ConfigurationException">The first key that can't be used.</exception>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        // A value of the section itself is nobody's: an environment variable GATEWAY often means the network's.
        IConfigurationSection section = configuration.GetSection(GatewayOptions.SectionName);
        GatewayOptions options = StrictBinder.Bind<GatewayOptions>(section);

        EngineRules.Check(section.GetSection(nameof(options.Engines)), options.Engines);
        MappingRules.Check(section.GetSection(nameof(options.Mappings)), options.Mappings);
        RoutingRules.Check(section.GetSection(nameof(options.Routing)), options.Routing);
        DurationRules.CheckAboveZero(section.GetSection(nameof(options.Timeouts)).GetChildren());
        DurationRules.CheckAboveZero(section.GetSection(nameof(options.Limits)).GetSection(nameof(options.Limits.QueueTimeout)));
        CheckKeepAlive(section.GetSection(nameof(options.Streams)), options.Streams);
        SecretRules.Check(section.GetSection(nameof(options.Admin)), nameof(options.Admin.Token), nameof(options.Admin.TokenFile));
        KubernetesRules.Check(section.GetSection(nameof(options.Kubernetes)), options.Kubernetes);
        AccessLogRules.Check(section.GetSection(nameof(options.AccessLog)), options.AccessLog);

        return options;
    }

    private static void CheckKeepAlive(IConfigurationSection section, StreamsOptions streams)
    {
        IConfigurationSection key = section.GetSection(nameof(streams.KeepAlive));
        if (streams.KeepAlive < StreamsOptions.ShortestKeepAlive)
            throw ConfigurationException.Value(key.Path, key.Value!, $"a duration of at least {DurationText.Of(StreamsOptions.ShortestKeepAlive)}");
    }
}
