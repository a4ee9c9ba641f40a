using System.Buffers.Binary;
using System.Text.Json;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/images/generations</c> and <c>/v1/audio/speech</c>: the smallest picture and the shortest silence.</summary>
internal static class MediaAnswers
{
    // A PNG of one transparent pixel.
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    private const int SampleRate = 8_000;
    private const int Samples = 800;
    private const int WaveHeaderBytes = 44;
    private const byte Silence = 128;

    private static readonly byte[] Wave = SilentWave();

    public static string Images(EngineState engine, JsonElement request, string model)
    {
        int count = SmallAnswer.Number(request, "n", otherwise: 1);
        IEnumerable<string> images = Enumerable.Repeat($$"""{"b64_json":"{{Pixel}}"}""", count);
        return $$"""{"created":{{engine.UnixTime()}},"data":[{{string.Join(',', images)}}]}""";
    }

    public static async Task SendSpeechAsync(Exchange exchange)
    {
        if (await SmallAnswer.ReadAsync(exchange) is { } request
            && await SmallAnswer.AdmitAsync(exchange, SmallAnswer.ModelOf(request)) is not null)
            await exchange.SendAsync(StatusCodes.Status200OK, "audio/wav", Wave);
    }

    /// <summary>A tenth of a second, 8 bit, one channel.</summary>
    private static byte[] SilentWave()
    {
        var wave = new byte[WaveHeaderBytes + Samples];
        Span<byte> head = wave;
        "RIFF"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], wave.Length - 8);
        "WAVEfmt "u8.CopyTo(head[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(head[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(head[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(head[28..], SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(head[32..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(head[34..], 8);
        "data"u8.CopyTo(head[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(head[40..], Samples);
        head[WaveHeaderBytes..].Fill(Silence);
        return wave;
    }
}
