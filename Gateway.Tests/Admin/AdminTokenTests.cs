using Gateway.Admin;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Admin;

public sealed class AdminTokenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string TokenFile => _folder.File("token");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_IsReadWithoutItsLineEnd_AndAgainWhenItChanges()
    {
        await WriteAsync("first\r\n");
        AdminToken token = Create(new AdminOptions { TokenFile = TokenFile });
        Assert.True(token.IsConfigured);
        Assert.True(await MatchesAsync(token, "first"));
        Assert.False(await MatchesAsync(token, "first\r\n"));
        Assert.False(await MatchesAsync(token, ""));

        // Same length and same time stamp: content alone tells.
        DateTime stamp = File.GetLastWriteTimeUtc(TokenFile);
        await WriteAsync("other\r\n");
        File.SetLastWriteTimeUtc(TokenFile, stamp);
        Assert.False(await MatchesAsync(token, "first"));
        Assert.True(await MatchesAsync(token, "other"));
    }

    [Fact]
    public async Task FileThatVanishesOrIsEmptied_LetsNobodyInUntilItIsBack()
    {
        await WriteAsync("first");
        AdminToken token = Create(new AdminOptions { TokenFile = TokenFile });

        File.Delete(TokenFile);
        Assert.True(token.IsConfigured);
        Assert.False(await MatchesAsync(token, "first"));
        await WriteAsync("\n");
        Assert.False(await MatchesAsync(token, ""));
        await WriteAsync("second\n");
        Assert.True(await MatchesAsync(token, "second"));
    }

    [Fact]
    public async Task FileOfAToken_GuardsTheApi()
    {
        await WriteAsync("first\n");
        await using AdminHost host = await AdminHost.StartAsync(new AdminOptions { TokenFile = TokenFile });
        var request = new HttpRequestMessage(HttpMethod.Get, "/admin/api/status");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer first");
        Assert.Equal(200, (await host.SendAsync(request)).Status);
        Assert.Equal(401, (await host.GetAsync("/admin/api/status")).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n")]
    public async Task FileWithoutAToken_StopsTheStart(string? content)
    {
        if (content is not null)
            await WriteAsync(content);
        var refusal = Assert.Throws<OptionsValidationException>(() => Create(new AdminOptions { TokenFile = TokenFile }));
        Assert.Contains("Gateway:Admin:TokenFile", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(TokenFile, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void NothingConfigured_IsNoToken() => Assert.False(Create(new AdminOptions { Token = "", TokenFile = "" }).IsConfigured);

    private Task WriteAsync(string content) => File.WriteAllTextAsync(TokenFile, content, TestContext.Current.CancellationToken);

    private static AdminToken Create(AdminOptions options) => new(options, NullLogger<AdminToken>.Instance);

    private static ValueTask<bool> MatchesAsync(AdminToken token, string presented) =>
        token.MatchesAsync(presented, TestContext.Current.CancellationToken);
}
