using System.Text;
using Gateway.Admin;
using Gateway.Routing;

namespace Gateway.Tests.Admin;

public sealed class FileMappingStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Routes => _folder.File("state/deeper/routes.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mappings_SurviveReopening()
    {
        using (FileMappingStore store = TemporaryFolder.Open(Routes))
        {
            Assert.Equal(0, store.Current.Revision);
            Assert.False(Directory.Exists(Path.GetDirectoryName(Routes)), "Reading alone must leave nothing behind.");
            Assert.Equal(MappingWriteOutcome.Created, (await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token)).Outcome);
            Assert.Equal(MappingWriteOutcome.Replaced, (await store.PutAsync(To("m", "VLLM", "http://10.0.0.2:8000"), null, Token)).Outcome);
            Assert.Equal(MappingWriteOutcome.Created, (await store.PutAsync(To("gone", "vllm", "http://10.0.0.1:8000"), null, Token)).Outcome);
            Assert.Equal(MappingWriteOutcome.Deleted, (await store.DeleteAsync(new MappingKey("gone", "vllm"), null, Token)).Outcome);
        }

        using FileMappingStore reopened = TemporaryFolder.Open(Routes);
        Assert.Equal(4, reopened.Current.Revision);
        Mapping kept = Assert.Single(reopened.Current.Mappings).Value;
        Assert.Equal(("m", "VLLM"), (kept.Model, kept.OwnedBy));
        Assert.Equal("http://10.0.0.2:8000", Assert.Single(kept.Endpoints).ToString());
        Assert.Equal(["routes.json"], FilesBesideRoutes());
    }

    [Fact]
    public async Task Write_IsOnDiskAndCurrentBeforeChangedIsRaised_AndChangedBeforeItCompletes()
    {
        using FileMappingStore store = TemporaryFolder.Open(Routes);
        long onDisk = 0, current = 0;
        store.Changed += () =>
        {
            onDisk = MappingFile.Load(Routes).Revision;
            current = store.Current.Revision;
        };

        await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token);

        Assert.Equal((1, 1), (onDisk, current));
    }

    [Fact]
    public async Task ConcurrentWriters_LoseNothing()
    {
        const int EachWriter = 20;
        using (FileMappingStore store = TemporaryFolder.Open(Routes))
        {
            await Task.WhenAll(WriteAsync("left"), WriteAsync("right"));
            async Task WriteAsync(string writer)
            {
                for (int i = 0; i < EachWriter; i++)
                    await store.PutAsync(To($"{writer}-{i}", "vllm", "http://10.0.0.1:8000"), null, Token);
            }
        }

        using FileMappingStore reopened = TemporaryFolder.Open(Routes);
        Assert.Equal(2 * EachWriter, reopened.Current.Mappings.Count);
        Assert.Equal(2 * EachWriter, reopened.Current.Revision);
    }

    [Fact]
    public async Task TimeoutsOfAMapping_AreKept()
    {
        var timeouts = new RouteTimeouts { FirstByte = TimeSpan.FromMilliseconds(1500), Total = TimeSpan.FromHours(30) };
        using (FileMappingStore store = TemporaryFolder.Open(Routes))
        {
            await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000") with { Timeouts = timeouts }, null, Token);
            await store.PutAsync(To("n", "vllm", "http://10.0.0.1:8000"), null, Token);
        }

        using FileMappingStore reopened = TemporaryFolder.Open(Routes);
        Assert.Equal(timeouts, reopened.Current.Mappings[new MappingKey("m", "vllm")].Timeouts);
        Assert.Null(reopened.Current.Mappings[new MappingKey("n", "vllm")].Timeouts);
    }

    [Fact]
    public async Task RefusedWrites_LeaveFileAndRevisionAlone()
    {
        using FileMappingStore store = TemporaryFolder.Open(Routes);
        await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token);
        byte[] before = await File.ReadAllBytesAsync(Routes, Token);
        store.Changed += () => Assert.Fail("Nothing has changed.");

        Assert.Equal(MappingWriteOutcome.StaleRevision, (await store.PutAsync(To("n", "vllm", "http://10.0.0.1:8000"), 0, Token)).Outcome);
        Assert.Equal(MappingWriteOutcome.StaleRevision, (await store.DeleteAsync(new MappingKey("m", "vllm"), 2, Token)).Outcome);
        Assert.Equal(MappingWriteOutcome.NotFound, (await store.DeleteAsync(new MappingKey("n", "vllm"), 1, Token)).Outcome);

        Assert.Equal(1, store.Current.Revision);
        Assert.Equal(before, await File.ReadAllBytesAsync(Routes, Token));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{\"revision\":1,\"mappings\":[{\"model\":\"m\"", "JSON")]
    [InlineData("[]", "must hold")]
    [InlineData("{\"revision\":1}", "must hold")]
    [InlineData("{\"revision\":1,\"mappings\":[],\"more\":1}", "must hold")]
    [InlineData("{\"revision\":-1,\"mappings\":[]}", "'revision'")]
    [InlineData("{\"revision\":\"1\",\"mappings\":[]}", "'revision'")]
    [InlineData("{\"revision\":1,\"mappings\":[{\"model\":\"m\",\"owned_by\":\"vllm\"}]}", "mappings[0]: 'service_name'")]
    [InlineData("{\"revision\":1,\"mappings\":[{\"model\":\"m\",\"owned_by\":\"trtllm\",\"service_name\":\"s\"},{\"model\":\"m\",\"owned_by\":\"tensorrt_llm\",\"service_name\":\"s\"}]}", "mappings[1]: 'm' on 'tensorrt_llm' is there twice")]
    [InlineData("{\"revision\":1,\"mappings\":[{\"model\":\"\\ud800\",\"owned_by\":\"vllm\",\"service_name\":\"s\"}]}", "damaged")]
    public void DamagedFile_StopsTheStartInOneLine_AndIsLeftAsItIs(string content, string detail)
    {
        string path = _folder.File("routes.json");
        byte[] before = Encoding.UTF8.GetBytes(content);
        File.WriteAllBytes(path, before);
        DateTime written = File.GetLastWriteTimeUtc(path);

        var damage = Assert.Throws<MappingFileException>(() => TemporaryFolder.Open(path));

        Assert.Contains(detail, damage.Message, StringComparison.Ordinal);
        Assert.Contains(path, damage.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', damage.Message);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void PathThatIsAFolder_StopsTheStart() =>
        Assert.Contains("can't be read", Assert.Throws<MappingFileException>(() => TemporaryFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task FailedWrite_ChangesNothingAndSaysWhy()
    {
        using FileMappingStore store = TemporaryFolder.Open(Routes);
        await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token);
        store.Changed += () => Assert.Fail("Nothing has changed.");

        // A folder can't be opened for writing by anyone, root included.
        Directory.CreateDirectory(Routes + ".tmp");
        MappingWrite write = await store.PutAsync(To("n", "vllm", "http://10.0.0.1:8000"), null, Token);

        Assert.Equal(MappingWriteOutcome.Unavailable, write.Outcome);
        Assert.Contains(Routes + ".tmp", write.Detail, StringComparison.Ordinal);
        Assert.Equal(1, write.Snapshot.Revision);
        Assert.Equal(1, store.Current.Revision);
        Assert.Equal(1, MappingFile.Load(Routes).Revision);
    }

    [Fact]
    public async Task FailedRename_LeavesNoTemporaryFile_AndTheNextWriteWorks()
    {
        using FileMappingStore store = TemporaryFolder.Open(Routes);
        Directory.CreateDirectory(Routes);
        Assert.Equal(MappingWriteOutcome.Unavailable, (await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token)).Outcome);
        Assert.Equal(["routes.json"], FilesBesideRoutes());

        Directory.Delete(Routes);
        Assert.Equal(MappingWriteOutcome.Created, (await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token)).Outcome);
        Assert.Equal(1, MappingFile.Load(Routes).Revision);
    }

    [Fact]
    public async Task TemporaryFileOfACrash_IsIgnoredAndWrittenOver()
    {
        string path = _folder.File("routes.json");
        File.WriteAllText(path + ".tmp", new string('x', 10_000));

        using FileMappingStore store = TemporaryFolder.Open(path);
        Assert.Empty(store.Current.Mappings);
        await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token);

        Assert.Single(MappingFile.Load(path).Mappings);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task ReaderDuringWrites_NeverSeesHalfAFile()
    {
        using FileMappingStore store = TemporaryFolder.Open(Routes);
        await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, Token);
        Task writing = Task.Run(
            async () =>
            {
                for (int i = 0; i < 50; i++)
                    await store.PutAsync(To("m", "vllm", [.. Enumerable.Range(1, i + 1).Select(port => $"http://10.0.0.1:{port}")]), null, Token);
            },
            Token);

        long last = 0;
        while (!writing.IsCompleted)
        {
            long revision = MappingFile.Load(Routes).Revision;
            Assert.True(revision >= last);
            last = revision;
        }

        await writing;
        Assert.Equal(51, MappingFile.Load(Routes).Revision);
    }

    [Fact]
    public async Task CancelledBeforeItsTurn_WritesNothing()
    {
        using FileMappingStore store = TemporaryFolder.Open(Routes);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), null, new CancellationToken(canceled: true)));
        Assert.Equal(0, store.Current.Revision);
        Assert.False(File.Exists(Routes));
    }

    [Fact]
    public async Task MemoryStore_FollowsTheSameRulesAndKeepsNothing()
    {
        using var store = new MemoryMappingStore();
        int changes = 0;
        store.Changed += () => changes++;
        Assert.Equal(MappingWriteOutcome.Created, (await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), 0, Token)).Outcome);
        Assert.Equal(MappingWriteOutcome.StaleRevision, (await store.PutAsync(To("m", "vllm", "http://10.0.0.1:8000"), 0, Token)).Outcome);
        Assert.Equal(MappingWriteOutcome.Deleted, (await store.DeleteAsync(new MappingKey("m", "vllm"), 1, Token)).Outcome);
        Assert.Equal((2, 2L), (changes, store.Current.Revision));
    }

    private string?[] FilesBesideRoutes() => [.. Directory.GetFileSystemEntries(Path.GetDirectoryName(Routes)!).Select(Path.GetFileName)];

    private static Mapping To(string model, string ownedBy, params string[] urls) =>
        new() { Model = model, OwnedBy = ownedBy, Endpoints = [.. urls.Select(FakeDiscovery.Address)] };
}
