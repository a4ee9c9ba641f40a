namespace Gateway.Telemetry;

/// <summary>Where the access log goes.</summary>
internal interface IAccessLogTarget : IAsyncDisposable
{
    /// <summary>Named in what is logged of it.</summary>
    string Name { get; }

    /// <summary>Writes whole lines, all or none as far as it can tell.</summary>
    /// <exception cref="IOException">It can't, at the moment.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> lines);
}
