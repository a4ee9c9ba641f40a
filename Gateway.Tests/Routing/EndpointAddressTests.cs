using Gateway.Routing;

namespace Gateway.Tests.Routing;

public sealed class EndpointAddressTests
{
    [Theory]
    [InlineData("http://10.0.0.7:8000", "10.0.0.7:8000")]
    [InlineData("http://10.0.0.7:8000/", "10.0.0.7:8000")]
    [InlineData("http://Engine.example", "engine.example:80")]
    [InlineData("https://engine.example", "engine.example:443")]
    [InlineData("http://[::1]:8000", "[::1]:8000")]
    public void AnAddress_IsReadWithItsPort(string url, string authority)
    {
        Assert.True(EndpointAddress.TryParse(url, http2: false, out EndpointAddress? address));
        Assert.Equal(authority, address.Authority);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.7:8000")]
    [InlineData("/v1/models")]
    [InlineData("ftp://10.0.0.7")]
    [InlineData("http://10.0.0.7/v1")]
    [InlineData("http://10.0.0.7/?a=b")]
    [InlineData("http://10.0.0.7/#a")]
    [InlineData("http://user:secret@10.0.0.7")]
    [InlineData("http://10.0.0.7:0")]
    public void AnythingElse_IsRefused(string? url) => Assert.False(EndpointAddress.TryParse(url, http2: false, out _));

    [Fact]
    public void Protocols_MakeDifferentAddresses()
    {
        Assert.True(EndpointAddress.TryParse("http://10.0.0.7:80", http2: false, out EndpointAddress? http1));
        Assert.True(EndpointAddress.TryParse("http://10.0.0.7", http2: false, out EndpointAddress? same));
        Assert.True(EndpointAddress.TryParse("http://10.0.0.7:80", http2: true, out EndpointAddress? http2));

        Assert.Equal(http1, same);
        Assert.NotEqual(http1, http2);
    }
}
