namespace Gateway.Telemetry;

/// <summary>Lines of the access log among those of the log, which the console writes.</summary>
internal sealed class StandardOutputTarget : IAccessLogTarget
{
    private readonly Stream _output = Console.OpenStandardOutput();

    public string Name => "standard output";

    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines) => _output.WriteAsync(lines);

    public ValueTask DisposeAsync() => _output.DisposeAsync();
}
