namespace Gateway.Hosting;

/// <summary>
/// The operator wrote something that can't be meant. <see cref="Exception.Message"/> is one line for the console:
/// it names the key or the switch, the value unless it is a secret, and what is allowed.
/// </summary>
internal sealed class ConfigurationException : Exception
{
    public ConfigurationException(string message)
        : base(OneLine(message))
    {
    }

    public static ConfigurationException Value(string key, string value, string allowed) =>
        new($"{key} is '{Shown(value)}'; allowed is {allowed}.");

    public static ConfigurationException Missing(string key, string allowed) =>
        new($"{key} is missing; allowed is {allowed}.");

    // A value may come from an environment variable that holds anything, a whole certificate for instance.
    private static string Shown(string value) => value.Length <= 200 ? value : $"{value[..200]}…";

    private static string OneLine(string message) =>
        string.Create(message.Length, message, static (characters, text) =>
        {
            for (int i = 0; i < characters.Length; i++)
                characters[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
}
