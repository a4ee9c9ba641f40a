using System.Net;

namespace Gateway.Telemetry;

/// <summary>What the admin API has to say. Event ids 400 to 499; the highest in use is 404.</summary>
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
}
