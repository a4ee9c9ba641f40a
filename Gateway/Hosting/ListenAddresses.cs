using System.Net.Sockets;

namespace Gateway.Hosting;

/// <summary>Starts the server on the addresses that it was told, or says in one line which of them it can't use, and why.</summary>
internal static class ListenAddresses
{
    private const string Endpoints = "Kestrel:Endpoints";

    private const string Allowed =
        "http(s)://address:port, several of them separated by semicolons; each free, of this machine, and for https with a certificate";

    private static readonly string[] Keys = ["urls", "http_ports", "https_ports"];

    /// <exception cref="ConfigurationException">An address can't be read or listened on.</exception>
    public static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception refused)
            when (refused is IOException or SocketException or FormatException or ArgumentException or InvalidOperationException)
        {
            // Kestrel tells what is wrong, but seldom with which value. The host has logged the exception whole.
            throw Explain(app.Configuration, refused.Message);
        }
    }

    private static ConfigurationException Explain(IConfiguration configuration, string reason)
    {
        // They outrank the others.
        if (configuration.GetSection(Endpoints).GetChildren().Any())
            return new ConfigurationException($"{Endpoints} can't be used: {reason}");

        string key = Keys.First(key => !string.IsNullOrEmpty(configuration[key]));
        return ConfigurationException.Value(key, configuration[key]!, $"{Allowed} ({reason})");
    }
}
