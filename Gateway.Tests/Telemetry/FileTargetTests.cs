using Gateway.Telemetry;
using Gateway.Tests.Admin;

namespace Gateway.Tests.Telemetry;

public sealed class FileTargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public FileTargetTests()
    {
        _path = _folder.File("access.log");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AFileThatIsThere_IsAddedTo()
    {
        await File.WriteAllTextAsync(_path, "before\n", TestContext.Current.CancellationToken);
        await using var target = new FileTarget(_path);
        await target.WriteAsync("one\n"u8.ToArray());
        await target.WriteAsync("two\n"u8.ToArray());

        Assert.Equal("before\none\ntwo\n", Read(_path));
    }

    [Fact]
    public async Task AfterARename_LinesGoIntoANewFile()
    {
        await using var target = new FileTarget(_path);
        await target.WriteAsync("one\n"u8.ToArray());
        File.Move(_path, _path + ".1");
        await target.WriteAsync("two\n"u8.ToArray());

        Assert.Equal("one\n", Read(_path + ".1"));
        Assert.Equal("two\n", Read(_path));
    }

    [Fact]
    public async Task AfterARenameThatLeavesAnEmptyFile_LinesGoIntoThat()
    {
        await using var target = new FileTarget(_path);
        await target.WriteAsync("one\n"u8.ToArray());
        File.Move(_path, _path + ".1");
        await File.WriteAllTextAsync(_path, "", TestContext.Current.CancellationToken);
        await target.WriteAsync("two\n"u8.ToArray());

        Assert.Equal("one\n", Read(_path + ".1"));
        Assert.Equal("two\n", Read(_path));
    }

    [Fact]
    public async Task AfterItWasEmptied_LinesBeginAtItsBeginning()
    {
        await using var target = new FileTarget(_path);
        await target.WriteAsync("one\n"u8.ToArray());
        await File.WriteAllTextAsync(_path, "", TestContext.Current.CancellationToken);
        await target.WriteAsync("two\n"u8.ToArray());

        Assert.Equal("two\n", Read(_path));
    }

    [Fact]
    public async Task AFolderThatHasGone_IsAFailureThatPasses()
    {
        string folder = _folder.File("logs");
        await using var target = new FileTarget(Path.Combine(folder, "access.log"));
        await Assert.ThrowsAnyAsync<IOException>(async () => await target.WriteAsync("one\n"u8.ToArray()));
        Directory.CreateDirectory(folder);
        await target.WriteAsync("two\n"u8.ToArray());

        Assert.Equal("two\n", Read(Path.Combine(folder, "access.log")));
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
