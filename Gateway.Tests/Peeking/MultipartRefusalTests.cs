using System.Text;
using Gateway.Peeking;
using static Gateway.Tests.Peeking.MultipartForm;

namespace Gateway.Tests.Peeking;

/// <summary>Forms that two readers could understand in two ways, or none at all.</summary>
public sealed class MultipartRefusalTests
{
    private const string Head = "Content-Disposition: form-data; ";

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
        byte[] body = Write("bound", [new("model", "m"), new("file", [1, 2, 3], "f"), new("engine", "e")]);

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

    [Theory]
    [InlineData(RoutingField.Model)]
    [InlineData(RoutingField.OwnedBy)]
    [InlineData(RoutingField.Engine)]
    [InlineData(RoutingField.InferenceServer)]
    internal void FieldThatStandsTwice_IsRefused(RoutingField field)
    {
        string name = RoutingFields.Name(field);

        BodyPeek peek = Peek(Write("b", [new(name, ""), new("x", "y"), new(name, "M")]));

        Assert.Equal(PeekFailure.DuplicateField, peek.Failure);
        Assert.Equal(field, peek.FailedField);
    }

    [Theory]
    [InlineData("\xff")]
    [InlineData("abc\xc3")]
    [InlineData("\xed\xa0\x80")]
    public void InvalidUtf8_IsRefused(string latin1)
    {
        byte[] body = Write("b", [new("model", Encoding.Latin1.GetBytes(latin1))]);

        BodyPeek peek = Peek(SegmentedBytes.Every(3, body));

        Assert.Equal(PeekFailure.InvalidType, peek.Failure);
        Assert.Equal(RoutingField.Model, peek.FailedField);
        Assert.Contains("UTF-8", peek.FailureMessage, StringComparison.Ordinal);
    }
}
