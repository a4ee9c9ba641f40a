using System.Buffers;
using System.Text;
using Gateway.Peeking;

namespace Gateway.Tests.Peeking;

public sealed class MultipartPeekerTests
{
    private const string Head = "Content-Disposition: form-data; ";

    [Fact]
    public void FieldsBehindTheFile_AreFound()
    {
        byte[] file = new byte[100_000];
        Random.Shared.NextBytes(file);
        byte[] body = MultipartForm.Write("xyz", [new("file", file, "a.mp3"), new("engine", "vllm"), new("model", "openai/whisper-1"), new("stream", "True")]);

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

    // Each of these is read in one way by some parser and in another, or not at all, by some other one.
    [Theory]
    [InlineData("", "no Content-Disposition")]
    [InlineData("Content-Type: text/plain\r\n", "no Content-Disposition")]
    [InlineData("Content-Disposition: form-data\r\n", "without a 'name'")]
    [InlineData("Content-Disposition: form-data; filename=\"name=model\"\r\n", "without a 'name'")]
    [InlineData("Content-Disposition: form-data; name=\"\"\r\n", "without a 'name'")]
    [InlineData("Content-Disposition: attachment; name=\"model\"\r\n", "other than 'form-data'")]
    [InlineData("Content-Disposition: form-data; name*=utf-8''model\r\n", "'name*'")]
    [InlineData("Content-Disposition: form-data; name=\"x\"; name*0=\"model\"\r\n", "'name*'")]
    [InlineData("Content-Disposition: form-data; name=\"x\"; NAME=\"model\"\r\n", "more than one 'name'")]
    [InlineData("Content-Disposition: form-data; name=\"x\"\r\ncontent-disposition: form-data; name=\"model\"\r\n", "more than one Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=\"model\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=\"model\\\"\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=\"model\"x\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=\"model\"\u00a0\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=model\u00a0\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name = model\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; a=\"\\\\\"; name=x; b=\";name=model;\"\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; a=\"\\\";name=model;\"; name=x\r\n", "malformed Content-Disposition")]
    [InlineData("Content-Disposition: form-data; name=\"mod\\el\"\r\n", "backslash")]
    [InlineData("Content-Disposition: form-data;\r\n name=\"model\"\r\n", "continued")]
    [InlineData("Content-Disposition: form-data; x=1\r\n\t; name=\"model\"\r\n", "continued")]
    [InlineData("Content-Disposition : form-data; name=\"model\"\r\n", "malformed header line")]
    [InlineData("Content-Disposition: form-data; name=\"model\"\r\nX\r\n", "malformed header line")]
    [InlineData(": x\r\nContent-Disposition: form-data; name=\"model\"\r\n", "malformed header line")]
    [InlineData("Content-Disposition: form-data; name=\"mo\0del\"\r\n", "malformed header line")]
    [InlineData("Content-Disposition: form-data; \vname=\"model\"\r\n", "malformed header line")]
    [InlineData("Content-Disposition: form-data; name=\"model\"\n", "CR LF")]
    [InlineData("X: y\nContent-Disposition: form-data; name=\"model\"\r\n", "CR LF")]
    [InlineData("X: y\rContent-Disposition: form-data; name=\"model\"\r\n", "CR LF")]
    public void AmbiguousHeaders_AreRefused(string headers, string message)
    {
        BodyPeek peek = Peek(Bytes($"--b\r\n{Head}name=first\r\n\r\n1\r\n--b\r\n{headers}\r\nM\r\n--b--"));

        Assert.Equal(PeekFailure.InvalidMultipart, peek.Failure);
        Assert.StartsWith("Part 2 of the multipart body ", peek.FailureMessage, StringComparison.Ordinal);
        Assert.Contains(message, peek.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "does not contain the boundary")]
    [InlineData("--a--", "does not contain the boundary")]
    [InlineData("x--b--", "start of a line")]
    [InlineData("\r\nx--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n--b--", "start of a line")]
    [InlineData("\n--b--", "CR LF")]
    [InlineData("\r--b--", "CR LF")]
    [InlineData("--b\nContent-Disposition: form-data; name=model\n\nM\n--b--\n", "goes on behind it")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\n--b--", "CR LF")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n--bc\r\n\r\n--b--", "goes on behind it")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n--b--c", "goes on behind it")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n--b--\n", "goes on behind it")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n--b-", "goes on behind it")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n--b", "goes on behind it")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM\r\n", "without its closing delimiter")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\nM--b--", "without its closing delimiter")]
    [InlineData("--b\r\n", "without its closing delimiter")]
    [InlineData("--b\r\n--b--", "ends inside its headers")]
    [InlineData("--b\r\n\r\n--b--", "ends inside its headers")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n--b--", "ends inside its headers")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=model\r\n\r\n--b--", "ends inside its headers")]
    public void MalformedBodies_AreRefused(string body, string message)
    {
        BodyPeek peek = Peek(Bytes(body));

        Assert.Equal(PeekFailure.InvalidMultipart, peek.Failure);
        Assert.Contains(message, peek.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void TruncatedForm_IsRefusedWhereverItEnds()
    {
        byte[] body = MultipartForm.Write("bound", [new("model", "m"), new("file", [1, 2, 3], "f"), new("engine", "e")]);

        for (int length = 0; length < body.Length; length++)
            Assert.Equal(PeekFailure.InvalidMultipart, Peek(body[..length], "bound").Failure);
        Assert.Equal(PeekFailure.None, Peek(body, "bound").Failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ü")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901")]
    public void UnusableBoundary_IsRefused(string boundary) =>
        Assert.Equal(PeekFailure.InvalidMultipart, Peek(Bytes($"--{boundary}--"), boundary).Failure);

    [Fact]
    public void LongestBoundary_IsFound()
    {
        string boundary = new('-', MultipartPeeker.MaxBoundaryLength);
        byte[] body = MultipartForm.Write(boundary, [new("file", Bytes("x" + new string('-', 500)), "f"), new("model", "M")]);

        for (int size = 1; size < 150; size += 7)
            Assert.Equal("M", Peek(SegmentedBytes.Every(size, body), boundary).Model.ToString());
    }

    [Theory]
    [InlineData(16 * 1024, PeekFailure.None)]
    [InlineData((16 * 1024) + 1, PeekFailure.InvalidMultipart)]
    internal void HeadersOfAPart_AreLimited(int length, PeekFailure expected)
    {
        string headers = $"{Head}name=model\r\nX: ";
        headers += new string('x', length - headers.Length - 4) + "\r\n\r\n";

        Assert.Equal(expected, Peek(SegmentedBytes.Every(4096, Bytes($"--b\r\n{headers}M\r\n--b--"))).Failure);
    }

    [Theory]
    [InlineData("name=\"model\"; filename=\"a\"", "")]
    [InlineData("filename=\"\"; name=\"model\"", "")]
    [InlineData("name=\"model\"; filename*=utf-8''a", "")]
    [InlineData("name=\"model\"", "Content-Transfer-Encoding: base64\r\n")]
    [InlineData("name=\"model\"", "Content-Type: text/plain; charset=utf-7\r\n")]
    [InlineData("name=\"model\"", "Content-Type: text/plain; charset\r\n")]
    public void RoutingFieldThatIsNotPlainText_IsRefused(string parameters, string headers)
    {
        BodyPeek peek = Peek(Bytes($"--b\r\n{Head}{parameters}\r\n{headers}\r\nM\r\n--b--"));

        Assert.Equal(PeekFailure.InvalidType, peek.Failure);
        Assert.Equal(RoutingField.Model, peek.FailedField);
        Assert.Contains("'model'", peek.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void FileWithItsOwnEncoding_Passes() =>
        AssertModel($"--b\r\n{Head}name=f; filename=f\r\nContent-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n" +
            $"--b\r\n{Head}name=model\r\n\r\nM\r\n--b--");

    [Theory]
    [InlineData(RoutingField.Model)]
    [InlineData(RoutingField.OwnedBy)]
    [InlineData(RoutingField.Engine)]
    [InlineData(RoutingField.InferenceServer)]
    internal void FieldThatStandsTwice_IsRefused(RoutingField field)
    {
        string name = RoutingFields.Name(field);

        BodyPeek peek = Peek(MultipartForm.Write("b", [new(name, ""), new("x", "y"), new(name, "M")]));

        Assert.Equal(PeekFailure.DuplicateField, peek.Failure);
        Assert.Equal(field, peek.FailedField);
    }

    [Fact]
    public void EmptyFields_AreAbsentButTheEngineIsStillCut()
    {
        byte[] body = MultipartForm.Write("b", [new("model", ""), new("owned_by", "")]);

        BodyPeek peek = Peek(body);

        Assert.True(peek.Model.IsEmpty);
        Assert.Equal(default, peek.ModelValue);
        Assert.True(peek.Text(RoutingField.OwnedBy).IsEmpty);
        Assert.Equal(MultipartForm.Write("b", [new("model", "")]), MultipartForm.Splice(body, peek, "other"));
    }

    [Fact]
    public void FormOfOnlyEngines_KeepsItsPreambleAndClosingDelimiter()
    {
        byte[] body = MultipartForm.Write("b", [new("owned_by", "a"), new("engine", "b"), new("inference_server", "c")], "pre\r\n", "\r\nepi");

        BodyPeek peek = Peek(body);

        Assert.Equal(3, peek.Cuts.Length);
        Assert.False(peek.KeepsMembers);
        Assert.Equal("pre\r\n--b--\r\nepi", Encoding.ASCII.GetString(MultipartForm.Splice(body, peek, null)));
    }

    [Theory]
    [InlineData("\xff")]
    [InlineData("abc\xc3")]
    [InlineData("\xed\xa0\x80")]
    public void InvalidUtf8_IsRefused(string latin1)
    {
        byte[] body = MultipartForm.Write("b", [new("model", Encoding.Latin1.GetBytes(latin1))]);

        BodyPeek peek = Peek(SegmentedBytes.Every(3, body));

        Assert.Equal(PeekFailure.InvalidType, peek.Failure);
        Assert.Equal(RoutingField.Model, peek.FailedField);
        Assert.Contains("UTF-8", peek.FailureMessage, StringComparison.Ordinal);
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
        byte[] body = MultipartForm.Write("b", [new("model", model)]);

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
        Assert.Equal(expected, Peek(SegmentedBytes.Every(1, MultipartForm.Write("b", [new("stream", value)]))).Stream);

    [Fact]
    public void Peeking_AllocatesNothing()
    {
        byte[] body = MultipartForm.Write("bound", [new("owned_by", "vllm"), new("file", new byte[50_000], "f"), new("model", "mödel"), new("stream", "true")]);
        ReadOnlySequence<byte> sequence = SegmentedBytes.Every(4099, body);
        ReadOnlySequence<byte> fine = SegmentedBytes.Every(3, body[..300].Concat("\r\n--bound--"u8.ToArray()).ToArray());
        var peek = new BodyPeek();
        PeekBoth(10);

        long before = GC.GetAllocatedBytesForCurrentThread();
        PeekBoth(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal("vllm", peek.Text(RoutingField.OwnedBy).ToString());

        void PeekBoth(int times)
        {
            for (int i = 0; i < times; i++)
            {
                peek.Reset();
                MultipartPeeker.Peek(sequence, "bound", peek);
                peek.Reset();
                MultipartPeeker.Peek(fine, "bound", peek);
            }
        }
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

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static BodyPeek Peek(byte[] body, string boundary = "b") => Peek(new ReadOnlySequence<byte>(body), boundary);

    private static BodyPeek Peek(in ReadOnlySequence<byte> body, string boundary = "b")
    {
        var peek = new BodyPeek();
        MultipartPeeker.Peek(body, boundary, peek);
        return peek;
    }
}
