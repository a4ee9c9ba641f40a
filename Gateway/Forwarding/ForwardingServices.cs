using Gateway.Picking;

namespace Gateway.Forwarding;

internal static class ForwardingServices
{
    /// <summary>Adds the way of a request; wants an <see cref="IRequestGate"/>, a route table and a <see cref="TimeProvider"/> from elsewhere.</summary>
    public static IServiceCollection AddForwarding(this IServiceCollection services, ForwardingSettings settings)
    {
        services.AddSingleton(new ForwardingSettingsHolder(settings));
        services.AddSingleton(new BufferBudget(settings.Limits.BufferedBytes));
        services.AddSingleton(UpstreamClient.Create(settings.Timeouts.Connect));
        services.AddSingleton<RequestDeadlines>();
        services.AddSingleton(provider => new Admission(provider.GetRequiredService<TimeProvider>()) { Limits = settings.Limits.Admission });
        services.AddSingleton<RetryBudget>();
        services.AddSingleton<BodyIntake>();
        services.AddSingleton<RequestAdmission>();
        services.AddSingleton<UpstreamAttempts>();
        services.AddSingleton<UpstreamSender>();
        services.AddSingleton<LastEvents>();
        services.AddSingleton<KeepAlives>();
        services.AddSingleton<ResponseRelay>();
        services.AddSingleton<RequestPipeline>();
        services.AddSingleton<RequestExplainer>();
        return services;
    }
}
