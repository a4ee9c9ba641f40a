using System.Net;
using Gateway.Discovery.Kubernetes;
using Gateway.Routing;

namespace Gateway.Telemetry;

/// <summary>What the admin API has to say. Event ids 400 to 499; the highest in use is 409.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(400, LogLevel.Information, "Refused a call of the admin API from {Remote}: {Reason}")]
    public static partial void CallRefused(ILogger logger, IPAddress? remote, string reason);

    [LoggerMessage(401, LogLevel.Information, "Mapping of {Model} on {OwnedBy} kept as revision {Revision}")]
    public static partial void MappingKept(ILogger logger, string model, string ownedBy, long revision);

    [LoggerMessage(402, LogLevel.Information, "Mapping of {Model} on {OwnedBy} deleted with revision {Revision}")]
    public static partial void MappingDeleted(ILogger logger, string model, string ownedBy, long revision);

    [LoggerMessage(403, LogLevel.Error, "The mappings could not be written to {Path}: {Reason}")]
    public static partial void MappingsNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(404, LogLevel.Error, "The admin token can't be read, so nobody is let in until it can: {Reason}")]
    public static partial void TokenUnreadable(ILogger logger, string reason);

    [LoggerMessage(405, LogLevel.Warning, "{Key} in the ConfigMap of mappings is not in force: {Problem}")]
    public static partial void MappingRefused(ILogger logger, string? key, string problem);

    [LoggerMessage(406, LogLevel.Warning, "The ConfigMap {ConfigMap} has changed, and the revision of the change can't be settled yet: {Reason}")]
    public static partial void MappingsNotFollowed(ILogger logger, ResourceName configMap, string reason);

    [LoggerMessage(407, LogLevel.Information, "The ConfigMap {ConfigMap} was edited by hand; its mappings are now revision {Revision}")]
    public static partial void MappingsEdited(ILogger logger, ResourceName configMap, long revision);

    [LoggerMessage(408, LogLevel.Information, "{Endpoint} is cordoned: it gets no new requests")]
    public static partial void Cordoned(ILogger logger, EndpointAddress endpoint);

    [LoggerMessage(409, LogLevel.Information, "{Endpoint} is no longer cordoned")]
    public static partial void Uncordoned(ILogger logger, EndpointAddress endpoint);
}
