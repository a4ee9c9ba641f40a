using Gateway.Peeking;
using Microsoft.Extensions.Primitives;

namespace Gateway.Tests.Peeking;

public sealed class RequestMediaTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON ; Charset=\"UTF-8\"")]
    [InlineData("application/json;charset=utf8")]
    [InlineData("application/json; charset=US-ASCII; x=y;")]
    [InlineData("application/vnd.api+json")]
    [InlineData("application/problem+JSON; profile=\"a;b\"")]
    public void JsonTypes_AreJson(string? contentType) => Assert.Equal(new RequestMedia(MediaKind.Json), RequestMedia.Read(contentType, default));

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    [InlineData("application/+json")]
    [InlineData("application/json, text/plain")]
    [InlineData("application/a b+json")]
    [InlineData("multipart/mixed; boundary=b")]
    [InlineData("multipart/form-datax; boundary=b")]
    [InlineData("json")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=utf-8; charset=latin1")]
    [InlineData("application/json; charset*=utf-8''utf-8")]
    [InlineData("application/json; charset=\"utf-8")]
    [InlineData("multipart/form-data; boundary=b; charset=utf-7")]
    public void OtherTypes_AreUnsupported_AndTheMessageSaysWhatIsAllowed(string contentType)
    {
        RequestMedia media = RequestMedia.Read(contentType, default);

        Assert.Equal(MediaKind.Unsupported, media.Kind);
        Assert.Contains(contentType, media.Problem, StringComparison.Ordinal);
        Assert.Contains("'application/json'", media.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralContentTypes_AreUnsupported() =>
        Assert.Equal(MediaKind.Unsupported, RequestMedia.Read(new StringValues(["application/json", "application/json"]), default).Kind);

    [Theory]
    [InlineData("multipart/form-data; boundary=abc", "abc")]
    [InlineData("Multipart/Form-Data;BOUNDARY=\"a b:c?\"; charset=utf-8", "a b:c?")]
    [InlineData("multipart/form-data; x=boundary; boundary==_Part_1=", "=_Part_1=")]
    [InlineData("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", "----WebKitFormBoundary7MA4YWxkTrZu0gW")]
    [InlineData("multipart/form-data; boundary=1234567890123456789012345678901234567890123456789012345678901234567890", "1234567890123456789012345678901234567890123456789012345678901234567890")]
    public void FormsWithABoundary_AreMultipart(string contentType, string boundary)
    {
        RequestMedia media = RequestMedia.Read(contentType, default);

        Assert.Equal(MediaKind.Multipart, media.Kind);
        Assert.Equal(boundary, media.Boundary.ToString());
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=\"a \"")]
    [InlineData("multipart/form-data; boundary=\"a\\\"b\"")]
    [InlineData("multipart/form-data; boundary=a*b")]
    [InlineData("multipart/form-data; boundary=a; boundary=b")]
    [InlineData("multipart/form-data; boundary*=utf-8''a")]
    [InlineData("multipart/form-data; boundary=12345678901234567890123456789012345678901234567890123456789012345678901")]
    public void FormsWithoutAUsableBoundary_AreInvalid(string contentType)
    {
        RequestMedia media = RequestMedia.Read(contentType, default);

        Assert.Equal(MediaKind.InvalidMultipart, media.Kind);
        Assert.Contains("boundary of 1 to 70", media.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", MediaKind.Json)]
    [InlineData("identity", MediaKind.Json)]
    [InlineData(" Identity ", MediaKind.Json)]
    [InlineData("gzip", MediaKind.Unsupported)]
    [InlineData("identity, gzip", MediaKind.Unsupported)]
    internal void ContentEncoding_MustBeIdentity(string encoding, MediaKind expected) =>
        Assert.Equal(expected, RequestMedia.Read("application/json", encoding).Kind);

    [Fact]
    public void SecondContentEncoding_IsSeen() =>
        Assert.Equal(MediaKind.Unsupported, RequestMedia.Read("application/json", new StringValues(["identity", "br"])).Kind);

    [Fact]
    public void Reading_AllocatesNothing()
    {
        string[] types = ["application/json", "application/json; charset=UTF-8", "multipart/form-data; boundary=\"abc\""];
        int supported = 0;

        Assert.Equal(0, Allocations.Of(() =>
        {
            supported = 0;
            foreach (string type in types)
                supported += RequestMedia.Read(type, "identity").Kind == MediaKind.Unsupported ? 0 : 1;
        }));
        Assert.Equal(3, supported);
    }
}
