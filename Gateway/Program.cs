using Gateway.Admin;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Hosting;

namespace Gateway;

/// <summary>Starts the gateway, or one simulated engine alone: command line, simulated engines if asked for, configuration, services, server.</summary>
internal static class Program
{
    private const int Failed = 1;

    private static async Task<int> Main(string[] args)
    {
        InlineCompletions.Enable();
        try
        {
            CommandLine commandLine = CommandLine.Parse(args);
            if (commandLine.Help || commandLine.Version)
            {
                Console.WriteLine(commandLine.Help ? CommandLine.HelpText : ProgramVersion.Text);
                return 0;
            }

            if (commandLine.SimulatedEngine is { } engine)
                await SimulatedEngineHost.RunAsync(commandLine, engine);
            else
                await RunAsync(commandLine);
            return 0;
        }
        catch (Exception refused) when (refused is ConfigurationException or MappingFileException or KubernetesConnectionException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }
    }

    private static async Task RunAsync(CommandLine commandLine)
    {
        await using DemoEngines? demo = commandLine.Demo ? await DemoEngines.StartAsync(CancellationToken.None) : null;
        if (demo is not null)
            commandLine = commandLine with { Engines = [.. commandLine.Engines, .. demo.AsCommandLineEngines] };

        WebApplicationBuilder builder = GatewayBuilder.Create(commandLine);
        LoggingRules.Check(builder.Configuration);
        builder.AddGateway(GatewayOptionsReader.Read(builder.Configuration), keepsMappings: demo is null);

        await using WebApplication app = builder.Build();
        app.UseGateway();
        await ListenAddresses.StartAsync(app);
        if (demo is not null)
            await InviteAsync(app);
        await app.WaitForShutdownAsync();
    }

    private static async Task InviteAsync(WebApplication app)
    {
        // The lines are to be pasted: by then they must work.
        await app.Services.GetRequiredService<IDiscovery>().DiscoverAsync(CancellationToken.None);
        Console.WriteLine(DemoEngines.Invitation(app.Urls.First().TrimEnd('/')));
    }
}
