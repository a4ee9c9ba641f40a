namespace Gateway.Tests.Admin;

public sealed class AdminPathTests
{
    [Fact]
    public async Task Answers_AreNeverCachedNorOpenToOtherOrigins()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        foreach (AdminAnswer answer in new[] { await host.GetAsync("/admin/api/routing"), await host.PostAsync("/admin/api/routing", "{"), await host.GetAsync("/admin/none") })
        {
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.Equal(["same-origin"], answer.Headers.GetValues("Cross-Origin-Resource-Policy"));
            Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("PUT", "/admin/api/routing", "GET, HEAD, POST, DELETE")]
    [InlineData("OPTIONS", "/admin/api/routing", "GET, HEAD, POST, DELETE")]
    [InlineData("GET", "/admin/api/routing/explain", "POST")]
    [InlineData("GET", "/admin/discover", "POST")]
    [InlineData("GET", "/admin/api/endpoints/10.0.0.1:8000/cordon", "POST")]
    [InlineData("HEAD", "/admin/discover", "POST")]
    [InlineData("POST", "/admin/api/status", "GET, HEAD")]
    public async Task WrongMethod_Is405WithAllow(string method, string path, string allow)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer answer = await host.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(405, answer.Status);
        Assert.Equal(allow, string.Join(", ", answer.ContentHeaders.Allow));
        if (method != "HEAD")
            Assert.Equal("method_not_allowed", answer.ErrorCode);
    }

    [Theory]
    [InlineData("GET", "/admin")]
    [InlineData("GET", "/admin/api/nothing")]
    [InlineData("POST", "/admin/api/routing/nothing")]
    public async Task UnknownPath_Is404(string method, string path)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer answer = await host.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal((404, "unknown_url"), (answer.Status, answer.ErrorCode));
    }

    [Theory]
    [InlineData("PUT", "/admin/api/routing")]
    [InlineData("GET", "/admin/api/nothing")]
    [InlineData("GET", "/Admin/API/routing/")]
    public async Task StrangerLearnsNothingOfPathsAndMethods(string method, string path)
    {
        await using AdminHost host = await AdminHost.StartAsync(new() { Token = "secret" });
        AdminAnswer answer = await host.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal((401, "admin_unauthorized"), (answer.Status, answer.ErrorCode));
        Assert.Empty(answer.ContentHeaders.Allow);
    }
}
