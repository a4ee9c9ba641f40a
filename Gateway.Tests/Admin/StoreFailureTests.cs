namespace Gateway.Tests.Admin;

public sealed class StoreFailureTests
{
    private const string Routing = "/admin/api/routing";

    [Fact]
    public async Task StoreThatCannotBeWritten_Is503_AndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("regular");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using AdminHost host = await AdminHost.StartAsync(store: () => TemporaryFolder.Open(Path.Combine(file, "routes.json")));

        AdminAnswer answer = await host.PostAsync(Routing, """{"model":"m","owned_by":"vllm","service_name":"s"}""");

        Assert.Equal((503, "store_unavailable"), (answer.Status, answer.ErrorCode));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty((await host.GetAsync(Routing)).Data);
    }

    [Fact]
    public async Task StoreThatIsFull_Is507_AndChangesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full, the disk that is always full, is Linux's.");
        using var folder = new TemporaryFolder();
        await using AdminHost host = await AdminHost.StartAsync(store: () => TemporaryFolder.Open(folder.File("routes.json")));
        File.CreateSymbolicLink(folder.File("routes.json.tmp"), "/dev/full");

        AdminAnswer answer = await host.PostAsync(Routing, """{"model":"m","owned_by":"vllm","service_name":"s"}""");

        Assert.Equal((507, "store_full"), (answer.Status, answer.ErrorCode));
        Assert.Empty((await host.GetAsync(Routing)).Data);

        // The link went with the failed write, so there is room again.
        Assert.Equal(201, (await host.PostAsync(Routing, """{"model":"m","owned_by":"vllm","service_name":"s"}""")).Status);
    }
}
