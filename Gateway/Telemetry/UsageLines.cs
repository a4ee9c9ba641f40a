namespace Gateway.Telemetry;

/// <summary>Which lines of an answer can hold its usage.</summary>
internal enum UsageLines
{
    /// <summary>All of a document.</summary>
    All,

    /// <summary>Of a stream of events, those of the field <c>data</c>: not comments.</summary>
    Data,

    /// <summary>The first line too, whose beginning is gone: an event of such a size is one of data.</summary>
    DataAndCutOff,
}
