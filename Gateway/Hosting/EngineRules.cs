using Gateway.Discovery;
using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>What must hold for <c>Gateway:Engines</c> beyond the type of each value.</summary>
internal static class EngineRules
{
    public const string UrlForm = "http(s)://host[:port] and nothing more";

    /// <param name="section">The same list as <paramref name="engines"/>, for the names of its keys.</param>
    /// <param name="engines">As bound.</param>
    /// <exception cref="ConfigurationException">The first rule that is broken.</exception>
    public static void Check(IConfigurationSection section, IEnumerable<EngineOptions> engines)
    {
        var keyOfAddress = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((IConfigurationSection key, EngineOptions engine) in section.GetChildren().Zip(engines))
        {
            string urlKey = $"{key.Path}:{nameof(engine.Url)}";
            string address = CheckUrl(urlKey, engine.Url);
            if (!keyOfAddress.TryAdd(address, urlKey))
                throw ConfigurationException.Value(urlKey, engine.Url, $"an address once, and {keyOfAddress[address]} has it already");
            SecretRules.Check(key, nameof(engine.ApiKey), nameof(engine.ApiKeyFile));
        }
    }

    /// <summary>Returns the address in its one spelling.</summary>
    public static string CheckUrl(string key, string url) =>
        EndpointAddress.TryParse(url, http2: false, out EndpointAddress? address)
            ? address.ToString()
            : throw ConfigurationException.Value(key, WithoutUserInformation(url), UrlForm);

    /// <summary>A password may stand before the host; it must not get into a message.</summary>
    public static string WithoutUserInformation(string url)
    {
        int at = url.LastIndexOf('@');
        return at < 0 ? url : $"…{url[at..]}";
    }
}
