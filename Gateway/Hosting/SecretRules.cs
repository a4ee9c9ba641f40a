namespace Gateway.Hosting;

/// <summary>A secret stands in the configuration or in a file, never in both; its value is never shown.</summary>
internal static class SecretRules
{
    /// <exception cref="ConfigurationException">Both are given, or the file holds nothing.</exception>
    public static void Check(IConfigurationSection section, string secretKey, string fileKey)
    {
        if (section[fileKey] is not { } file)
            return;
        if (section[secretKey] is not null)
        {
            throw new ConfigurationException(
                $"{section.Path}:{secretKey} and {section.Path}:{fileKey} are both given; allowed is one of them.");
        }

        // An empty file is refused too: what follows from an empty token is for nobody to guess.
        if (new FileInfo(file) is not { Exists: true, Length: > 0 })
            throw ConfigurationException.Value($"{section.Path}:{fileKey}", file, "a file that exists and is not empty");
    }
}
