using System.Buffers;
using System.Text;
using CsCheck;
using Gateway.Peeking;

namespace Gateway.Tests.Peeking;

public sealed class MultipartPropertyTests
{
    private const string BoundaryCharacters = "ab-=_'()+,./:?0";

    private static readonly string[] RoutingNames = ["model", "owned_by", "engine", "inference_server"];

    private static readonly Gen<string> Boundary = Gen.String[Gen.Char[BoundaryCharacters], 1, MultipartPeeker.MaxBoundaryLength];

    // Bytes that look like the beginnings of delimiters.
    private static readonly Gen<byte[]> Binary = Gen.OneOf(
        Gen.Byte.Array[0, 300],
        Gen.OneOf((byte)'\r', (byte)'\n', (byte)'-', (byte)'a', (byte)'b').Array[0, 300]);

    private static readonly Gen<string> Text = Gen.OneOf(Gen.String[Gen.Char["ab/-öß€é"], 0, 40], Gen.OneOf("", "vllm", "true", "meta-llama/Llama-3"));

    private static readonly Gen<FormPart> Part = Gen.OneOf(
        Gen.Select(Gen.OneOf("prompt", "Model", "owned_by2", "items[]", "x;y", "stream"), Text, (name, value) => new FormPart(name, value)),
        Gen.Select(Gen.OneOf("file", "engine.file", "a b"), Binary, Gen.OneOf("a.mp3", "x;name=model", ""), (name, value, file) => new FormPart(name, value, file)));

    private static readonly Gen<FormPart[]> RoutingParts = Gen.Select(
        Gen.Shuffle(RoutingNames, 0, 4),
        Text.Array[4],
        (names, values) => names.Select((name, index) => new FormPart(name, values[index])).ToArray());

    private static readonly Gen<FormPart[]> Parts = Gen.Select(Part.Array[0, 5], RoutingParts, Gen.Int)
        .Select((others, routing, seed) =>
        {
            FormPart[] parts = [.. others, .. routing];
            new Random(seed).Shuffle(parts);
            return parts;
        });

    private static readonly Gen<int[]> Cuts = Gen.Int[0, 1500].Array[0, 40];

    [Fact]
    public async Task RandomForms_ArePeekedAsTheyWereWritten_AndStayFormsOnceSpliced()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await Gen.Select(Boundary, Parts, Cuts, Gen.OneOf("", "\r\n", "a preamble\r\n", "--\r\n\r\n-\r\n"), Gen.OneOf("", "\r\n", " \r\nan epilogue"))
            .Where((boundary, parts, _, preamble, _) => !preamble.Contains("--" + boundary, StringComparison.Ordinal) && parts.All(part => CanHold(part, boundary)))
            .SampleAsync(
                async (boundary, parts, cuts, preamble, epilogue) =>
                {
                    byte[] body = MultipartForm.Write(boundary, parts, preamble, epilogue);

                    BodyPeek peek = Peek(SegmentedBytes.Cut(body, cuts), boundary);

                    Assert.Equal("", peek.FailureMessage);
                    for (RoutingField field = 0; (int)field < RoutingFields.Count; field++)
                    {
                        FormPart? written = parts.SingleOrDefault(part => part.Name == RoutingFields.Name(field));
                        Assert.Equal(written is not null, peek.HasSeen(field));
                        Assert.Equal(written is null ? "" : Encoding.UTF8.GetString(written.Value), peek.Text(field).ToString());
                    }

                    Assert.Equal(parts.LastOrDefault(part => part.Name == "stream")?.Value.AsSpan().SequenceEqual("true"u8) ?? false, peek.Stream);

                    FormPart[] kept = [.. parts.Where(part => part.Name is not ("owned_by" or "engine" or "inference_server"))];
                    Assert.Equal(kept.Length > 0, peek.KeepsMembers);
                    Assert.Equal(MultipartForm.Write(boundary, kept, preamble, epilogue), MultipartForm.Splice(body, peek, null));

                    FormPart[] expected = [.. kept.Select(part => part is { Name: "model", Value.Length: > 0 } ? new FormPart("model", "another/mödel") : part)];
                    List<FormPart> read = await MultipartForm.ReadAsync(MultipartForm.Splice(body, peek, "another/mödel"), boundary, cancellationToken);
                    Assert.Equal(expected.Length, read.Count);
                    Assert.All(expected.Zip(read), pair => Assert.True(pair.First.IsSameAs(pair.Second), $"{pair.First}\n{pair.Second}"));
                },
                iter: 2000);
    }

    [Fact]
    public void RandomBytes_AreReadTheSameHoweverTheyAreCut()
    {
        Gen<string> word = Gen.OneOf("--ab", "--ab\r\n", "\r\n", "\r", "\n", "-", "a", " ", "--", ";", "\"", "\\", "\r\n--ab\r\n", "\r\n--ab--", "model", "x",
            "Content-Disposition: form-data; name=\"model\"\r\n\r\n", "Content-Disposition: form-data; name=engine", "Content-Type: a; charset=");

        Gen.Select(word.Array[0, 30], Gen.Bool, Gen.Int[0, 300].Array[0, 60])
            .Sample(
                (words, startsWell, cuts) =>
                {
                    byte[] body = Encoding.Latin1.GetBytes((startsWell ? "--ab\r\nContent-Disposition: form-data; name=model\r\n\r\n" : "") + string.Concat(words));

                    BodyPeek whole = Peek(new ReadOnlySequence<byte>(body), "ab");
                    BodyPeek cut = Peek(SegmentedBytes.Cut(body, cuts), "ab");

                    Assert.Equal(whole.Failure, cut.Failure);
                    Assert.Equal(whole.FailureMessage, cut.FailureMessage);
                    Assert.Equal(whole.ModelValue, cut.ModelValue);
                    Assert.Equal(whole.Cuts, cut.Cuts);
                    Assert.Equal(whole.Model.ToString(), cut.Model.ToString());
                },
                iter: 20_000);
    }

    // No line of a part may begin with the boundary (RFC 2046 §5.1.1), whichever line ends are counted.
    private static bool CanHold(FormPart part, string boundary)
    {
        string value = "\n" + Encoding.Latin1.GetString(part.Value) + "\r\n";
        return !value.Contains("\n--" + boundary, StringComparison.Ordinal) && !value.Contains("\r--" + boundary, StringComparison.Ordinal);
    }

    private static BodyPeek Peek(in ReadOnlySequence<byte> body, string boundary)
    {
        var peek = new BodyPeek();
        MultipartPeeker.Peek(body, boundary, peek);
        return peek;
    }
}
