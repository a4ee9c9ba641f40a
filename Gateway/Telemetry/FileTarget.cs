namespace Gateway.Telemetry;

/// <summary>
/// A file that lines are added to. It may be renamed, removed or emptied at any time, as programs that rotate logs do: what comes after that goes
/// into a file of the old name.
/// </summary>
internal sealed class FileTarget(string path) : IAccessLogTarget
{
    private readonly string _path = Path.GetFullPath(path);
    private FileStream? _file;

    public string Name => _path;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines)
    {
        try
        {
            FileStream file = await OpenAsync();
            await file.WriteAsync(lines);
            await file.FlushAsync();
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new IOException(refused.Message, refused);
        }
    }

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<FileStream> OpenAsync()
    {
        // A file that is shorter than what was written is another one, or the same one emptied.
        var now = new FileInfo(_path);
        if (_file is not null && now.Exists && now.Length >= _file.Position)
            return _file;

        await DisposeAsync();
        _file = null;
        return _file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
    }
}
