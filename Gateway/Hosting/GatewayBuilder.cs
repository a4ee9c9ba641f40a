using Microsoft.AspNetCore.Connections;

namespace Gateway.Hosting;

/// <summary>
/// Makes the host: Kestrel, logging to the console, and the configuration of <see cref="GatewayConfiguration"/>.
/// Nothing that knows requests.
/// </summary>
internal static class GatewayBuilder
{
    /// <exception cref="ConfigurationException">A configuration file is missing or is not JSON.</exception>
    public static WebApplicationBuilder Create(CommandLine commandLine)
    {
        string workingDirectory = Directory.GetCurrentDirectory();
        string environment = EnvironmentName(commandLine);

        // The empty builder: the others read appsettings.json themselves, and a broken one would end the start with a stack trace.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(GatewayBuilder).Assembly.GetName().Name,
            EnvironmentName = environment,
            ContentRootPath = workingDirectory,
        });
        GatewayConfiguration.AddSources(builder.Configuration, commandLine, environment, AppContext.BaseDirectory, workingDirectory);

        // appsettings.json silences Kestrel's own category, not those below it: a stream that has to be cut is ended by an exception after
        // the response has begun, which Kestrel would log there as the application's error. Real ones are logged by the outermost handler.
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddConsole();

        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = InlineCompletions.AreOn);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(_ => new TransportMemory(TimeProvider.System));
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Configure(context.Configuration.GetSection("Kestrel"), reloadOnChange: true);
        });
        return builder;
    }

    private static string EnvironmentName(CommandLine commandLine)
    {
        var host = new ConfigurationBuilder();
        GatewayConfiguration.AddHostVariables(host);
        host.AddCommandLine([.. commandLine.ConfigurationArguments]);
        return host.Build()[HostDefaults.EnvironmentKey] is { Length: > 0 } name ? name : Environments.Production;
    }
}
