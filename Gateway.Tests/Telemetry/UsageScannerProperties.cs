using System.Text;
using CsCheck;
using Gateway.Telemetry;

namespace Gateway.Tests.Telemetry;

/// <summary>Random streams, cut at random places, against a plain reading of the whole.</summary>
public sealed class UsageScannerProperties
{
    private static readonly Gen<string> LineEnd = Gen.OneOf<string>("\n", "\r\n", "\r");

    private static readonly Gen<string> Line = Gen.OneOf(
        Gen.OneOf<string>(
            "data: {\"choices\":[]}", "data: [DONE]", "data:[DONE]", "data: [DONE] ", "data", "data:", "datum: x", ": data: x", "event: delta", "id: 7", ""),
        Gen.Int[0, 5000].Select(length => $"data: {{\"text\":\"{new string('x', length)}\"}}"),
        Gen.String[Gen.Char[' ', 'ÿ'], 0, 30].Select(text => $"data: {text}"),
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 100_000], (input, output) =>
            $"data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":{input},\"completion_tokens\":{output}}}}}"));

    private static readonly Gen<(string[] Lines, string LineEnd, double[] Places)> Stream =
        Gen.Select(Line.Array[0, 40], LineEnd, Gen.Double.Unit.Array[0, 12], (lines, lineEnd, places) => (lines, lineEnd, places));

    private static readonly Gen<(byte[] Bytes, double[] Places)> Noise = Gen.Select(
        Gen.OneOf(Gen.Byte, Gen.OneOf<byte>((byte)'\n', (byte)'\r', (byte)'"', (byte)'{', (byte)'d', (byte)':')).Array[0, 6000],
        Gen.Double.Unit.Array[0, 12],
        (bytes, places) => (bytes, places));

    [Fact]
    public void Events_AreCountedAsAPlainReaderCountsThem() => Stream.Sample(
        (lines, lineEnd, places) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + lineEnd)));

            Assert.Equal(CountEvents(lines), ScanInPieces(bytes, places).Events);
        },
        iter: 5_000);

    [Fact]
    public void Usage_DoesNotDependOnThePieces() => Stream.Sample(
        (lines, lineEnd, places) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + lineEnd)));

            Assert.Equal(ScanInPieces(bytes, []).Read(), ScanInPieces(bytes, places).Read());
        },
        iter: 5_000);

    [Fact]
    public void WhateverComes_IsRead() => Noise.Sample(
        (bytes, places) => Assert.Equal(ScanInPieces(bytes, []).Read(), ScanInPieces(bytes, places).Read()), iter: 5_000);

    private static UsageScanner ScanInPieces(byte[] bytes, double[] places)
    {
        var scanner = new UsageScanner();
        scanner.Begin(isEventStream: true);
        int from = 0;
        foreach (int to in places.Select(place => (int)(place * bytes.Length)).Order().Append(bytes.Length))
        {
            scanner.Add(bytes.AsSpan(from, to - from));
            from = to;
        }

        return scanner;
    }

    private static int CountEvents(string[] lines)
    {
        int events = 0;
        bool hasData = false;
        foreach (string line in lines)
        {
            if (line.Length == 0 && hasData)
                events++;
            hasData = line.Length > 0 && (hasData || (line.StartsWith("data:", StringComparison.Ordinal) && line[5..].TrimStart(' ') != "[DONE]"));
        }

        return events;
    }
}
