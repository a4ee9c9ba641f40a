using System.Buffers;
using System.Text;
using Gateway.Peeking;
using static Gateway.Tests.Peeking.MultipartForm;

namespace Gateway.Tests.Peeking;

public sealed class MultipartPeekerTests
{
    private const string Head = "Content-Disposition: form-data; ";

    [Fact]
    public void FieldsBehindTheFile_AreFound()
    {
        byte[] file = new byte[100_000];
        Random.Shared.NextBytes(file);
        byte[] body = Write("xyz", [new("file", file, "a.mp3"), new("engine", "vllm"), new("model", "openai/whisper-1"), new("stream", "True")]);

        BodyPeek peek = Peek(SegmentedBytes.Every(4096, body), "xyz");

        Assert.Equal(PeekFailure.None, peek.Failure);
        Assert.Equal("openai/whisper-1", peek.Model.ToString());
        Assert.Equal("vllm", peek.Text(RoutingField.Engine).ToString());
        Assert.Equal("openai/whisper-1", Encoding.UTF8.GetString(body, (int)peek.ModelValue.Start, (int)peek.ModelValue.Length));
        Assert.True(peek.Stream);
        Assert.True(peek.KeepsMembers);
        Assert.True(peek.HasSeen(RoutingField.Model));
        Assert.False(peek.HasSeen(RoutingField.OwnedBy));
    }

    [Theory]
    [InlineData("--b\r\n{0}\r\n\r\nM\r\n--b--")]
    [InlineData("--b\r\n{0}\r\n\r\nM\r\n--b--\r\n")]
    [InlineData("\r\n--b\r\n{0}\r\n\r\nM\r\n--b--\r\nepilogue\r\n--b\r\nnot a part")]
    [InlineData("pre\r\namble\r\n--b\r\n{0}\r\n\r\nM\r\n--b-- \t\r\nepilogue")]
    [InlineData("--b \t \r\n{0}\r\n\r\nM\r\n--b-- ")]
    [InlineData("--b\r\nX-First: \"\r\n{0}\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nM\r\n--b--")]
    public void Model_IsFoundInEveryLayout(string layout) => AssertModel(layout.Replace("{0}", Head + "name=\"model\"", StringComparison.Ordinal));

    [Theory]
    [InlineData("Content-Disposition: form-data; name=\"model\"")]
    [InlineData("content-disposition:form-data;name=model")]
    [InlineData("CONTENT-DISPOSITION:\t Form-Data ; NAME=\"model\" ; ")]
    [InlineData("Content-Disposition: form-data; x=1; y=\"a;b\\c\"; name=\"model\"; z=\"\"")]
    [InlineData("Content-Disposition: form-data; y=\"say \\\"hi\\\"\"; name=\"model\"")]
    public void Model_IsFoundUnderEveryDisposition(string disposition) => AssertModel($"--b\r\n{disposition}\r\n\r\nM\r\n--b--");

    [Theory]
    [InlineData("Model")]
    [InlineData("models")]
    [InlineData("mode")]
    [InlineData("model ")]
    [InlineData("mod%65l")]
    [InlineData("model%22")]
    [InlineData("mödel")]
    public void OtherNames_AreNotTheModel(string name)
    {
        BodyPeek peek = Peek(Bytes($"--b\r\n{Head}name=\"{name}\"\r\n\r\nM\r\n--b--"));

        Assert.Equal(PeekFailure.None, peek.Failure);
        Assert.False(peek.HasSeen(RoutingField.Model));
        Assert.True(peek.KeepsMembers);
    }

    [Fact]
    public void LongestBoundary_IsFound()
    {
        string boundary = new('-', MultipartPeeker.MaxBoundaryLength);
        byte[] body = Write(boundary, [new("file", Bytes("x" + new string('-', 500)), "f"), new("model", "M")]);

        for (int size = 1; size < 150; size += 7)
            Assert.Equal("M", Peek(SegmentedBytes.Every(size, body), boundary).Model.ToString());
    }

    [Fact]
    public void FileWithItsOwnEncoding_Passes() =>
        AssertModel($"--b\r\n{Head}name=f; filename=f\r\nContent-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n" +
            $"--b\r\n{Head}name=model\r\n\r\nM\r\n--b--");

    [Fact]
    public void EmptyFields_AreAbsentButTheEngineIsStillCut()
    {
        byte[] body = Write("b", [new("model", ""), new("owned_by", "")]);

        BodyPeek peek = Peek(body);

        Assert.True(peek.Model.IsEmpty);
        Assert.Equal(default, peek.ModelValue);
        Assert.True(peek.Text(RoutingField.OwnedBy).IsEmpty);
        Assert.Equal(Write("b", [new("model", "")]), Splice(body, peek, "other"));
    }

    [Fact]
    public void FormOfOnlyEngines_KeepsItsPreambleAndClosingDelimiter()
    {
        byte[] body = Write("b", [new("owned_by", "a"), new("engine", "b"), new("inference_server", "c")], "pre\r\n", "\r\nepi");

        BodyPeek peek = Peek(body);

        Assert.Equal(3, peek.Cuts.Length);
        Assert.False(peek.KeepsMembers);
        Assert.Equal("pre\r\n--b--\r\nepi", Encoding.ASCII.GetString(Splice(body, peek, null)));
    }

    [Theory]
    [InlineData("x", PeekedText.MaxLength, false)]
    [InlineData("x", PeekedText.MaxLength + 1, true)]
    [InlineData("x", 100_000, true)]
    [InlineData("€", PeekedText.MaxLength, false)]
    [InlineData("€", PeekedText.MaxLength + 1, true)]
    [InlineData("x😀", PeekedText.MaxLength / 3, false)]
    [InlineData("x😀", PeekedText.MaxLength, true)]
    [InlineData("😀", PeekedText.MaxLength, true)]
    public void LongValue_EndsWithAnEllipsisOnceItDoesNotFit(string unit, int count, bool isCut)
    {
        string model = string.Concat(Enumerable.Repeat(unit, count));
        byte[] body = Write("b", [new("model", model)]);

        BodyPeek peek = Peek(SegmentedBytes.Every(1000, body));

        string text = peek.Model.ToString();
        Assert.Equal(PeekFailure.None, peek.Failure);
        Assert.Equal(isCut, text != model);
        Assert.Equal(isCut, text.EndsWith('…'));
        Assert.StartsWith(text.TrimEnd('…'), model, StringComparison.Ordinal);
        Assert.InRange(text.Length, Math.Min(model.Length, PeekedText.MaxLength - 1), PeekedText.MaxLength);
        Assert.False(char.IsHighSurrogate(text.TrimEnd('…')[^1]));
        Assert.Equal(Encoding.UTF8.GetByteCount(model), peek.ModelValue.Length);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("false", false)]
    [InlineData("true ", false)]
    [InlineData("", false)]
    public void Stream_IsTheWordTrue(string value, bool expected) =>
        Assert.Equal(expected, Peek(SegmentedBytes.Every(1, Write("b", [new("stream", value)]))).Stream);

    [Fact]
    public void Peeking_AllocatesNothing()
    {
        byte[] body = Write("bound", [new("owned_by", "vllm"), new("file", new byte[50_000], "f"), new("model", "mödel"), new("stream", "true")]);
        ReadOnlySequence<byte> sequence = SegmentedBytes.Every(4099, body);
        ReadOnlySequence<byte> fine = SegmentedBytes.Every(3, body[..300].Concat("\r\n--bound--"u8.ToArray()).ToArray());
        var peek = new BodyPeek();

        Assert.Equal(0, Allocations.Of(() =>
        {
            peek.Reset();
            MultipartPeeker.Peek(sequence, "bound", peek);
            peek.Reset();
            MultipartPeeker.Peek(fine, "bound", peek);
        }));
        Assert.Equal("vllm", peek.Text(RoutingField.OwnedBy).ToString());
    }

    private static void AssertModel(string body)
    {
        byte[] bytes = Bytes(body);

        // Every way to cut the body in two, and byte by byte.
        for (int cut = 0; cut < bytes.Length; cut++)
        {
            BodyPeek peek = Peek(cut == 0 ? SegmentedBytes.Every(1, bytes) : SegmentedBytes.Cut(bytes, cut));
            Assert.Equal("", peek.FailureMessage);
            Assert.Equal("M", peek.Model.ToString());
            Assert.Equal((byte)'M', bytes[peek.ModelValue.Start]);
            Assert.Equal(1, peek.ModelValue.Length);
        }
    }
}
