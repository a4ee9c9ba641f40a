using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;

namespace Gateway.Telemetry;

/// <summary>Makes JSON of the lines, as many in one piece as wait, and hands it to the target.</summary>
internal sealed class AccessLogWriter(IAccessLogTarget target, GatewayMetrics metrics, ILogger logger)
{
    // Bounds what is held beside the channel while the target is slow.
    private const int PieceSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _piece = new(PieceSize);
    private int _lines;
    private bool _isFailing;

    public async Task WriteAllAsync(ChannelReader<AccessLogLine> lines)
    {
        await using (target)
        {
            using var json = new Utf8JsonWriter(_piece, new JsonWriterOptions { SkipValidation = true });
            while (await lines.WaitToReadAsync())
            {
                while (_piece.WrittenCount < PieceSize && lines.TryRead(out AccessLogLine line))
                    Append(json, line);
                await WritePieceAsync();
            }
        }
    }

    private void Append(Utf8JsonWriter json, in AccessLogLine line)
    {
        json.Reset(_piece);
        line.WriteTo(json);
        json.Flush();
        _piece.Write("\n"u8);
        _lines++;
    }

    private async ValueTask WritePieceAsync()
    {
        try
        {
            await target.WriteAsync(_piece.WrittenMemory);
            if (_isFailing)
                TelemetryLog.AccessLogRecovered(logger, target.Name);
            _isFailing = false;
        }
        catch (IOException broken)
        {
            // A full disk must not stop the gateway, nor fill its log.
            metrics.AccessLogLinesDropped(_lines);
            if (!_isFailing)
                TelemetryLog.AccessLogFailed(logger, target.Name, broken.Message);
            _isFailing = true;
        }

        _piece.ResetWrittenCount();
        _lines = 0;
    }
}
