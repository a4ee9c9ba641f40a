using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Gateway.Simulation;

namespace Gateway.Hosting;

/// <summary>The program as one simulated engine and no gateway: what runs in the pods of a cluster without a GPU.</summary>
internal static class SimulatedEngineHost
{
    private const string AddressForm = "http://+:PORT for every address of this machine, or http:// with one address of it, once";

    /// <summary>Serves until a signal asks the process to end, and then cuts what is running, as an engine does that is killed.</summary>
    /// <exception cref="ConfigurationException">The address can't be used.</exception>
    public static async Task RunAsync(CommandLine commandLine, SimulatedEngineArgument argument)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

        SimulatedEngineSettings settings = SettingsOf(argument, ReadAddress(commandLine));
        await using SimulatedEngine engine = await StartAsync(settings);
        Console.WriteLine($"A simulated {settings.OwnedBy} serves {string.Join(", ", settings.Models)} on {engine.Url}");
        await signalled.Task;

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            signalled.TrySetResult();
        }
    }

    /// <summary>The address of <c>--urls</c>, or of the variables that the gateway itself would follow.</summary>
    internal static IPEndPoint ReadAddress(CommandLine commandLine)
    {
        using var configuration = new ConfigurationManager();
        GatewayConfiguration.AddHostVariables(configuration);
        configuration.AddCommandLine([.. commandLine.ConfigurationArguments]);
        GatewayConfiguration.AddDefaultAddress(configuration);

        string urls = configuration["urls"] is { Length: > 0 } given ? given : $"http://+:{configuration["http_ports"]}";
        try
        {
            var address = BindingAddress.Parse(urls);
            bool isPlainHttp = address.Scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase);
            if (isPlainHttp && !address.IsUnixPipe && !address.IsNamedPipe && address.PathBase.Length == 0)
                return new IPEndPoint(ReadHost(address.Host), address.Port);
        }
        catch (FormatException)
        {
            // Refused below, with the same words.
        }

        throw ConfigurationException.Value("--urls", urls, AddressForm);
    }

    private static IPAddress ReadHost(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "+" or "*" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
        _ => IPAddress.Parse(host),
    };

    /// <summary>Paced as the demo's, and named after its machine, which in a cluster is the pod.</summary>
    private static SimulatedEngineSettings SettingsOf(SimulatedEngineArgument argument, IPEndPoint address) => new()
    {
        Name = Environment.MachineName,
        OwnedBy = argument.OwnedBy,
        Models = argument.Models,
        Address = address.Address,
        Port = address.Port,
        Pacing = SimulatedPacing.Realistic,
        OutputTokens = 50,
        Record = false,
    };

    private static async Task<SimulatedEngine> StartAsync(SimulatedEngineSettings settings)
    {
        try
        {
            return await SimulatedEngine.StartAsync(settings, CancellationToken.None);
        }
        catch (SocketException unbindable)
        {
            throw new ConfigurationException($"--urls can't be listened on: {unbindable.Message}; allowed is {AddressForm}.");
        }
    }
}
