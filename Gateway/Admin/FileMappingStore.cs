using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Admin;

/// <summary>Keeps the mappings in one JSON file: the store outside a cluster.</summary>
internal sealed class FileMappingStore : LocalMappingStore
{
    // What the kernel says when nothing more fits, as HResult: errno on Unix, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMacOs = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);

    private readonly string _path;
    private readonly ILogger<FileMappingStore> _logger;

    /// <exception cref="MappingFileException">The file is there, but is not what this store writes.</exception>
    public FileMappingStore(StateOptions options, ILogger<FileMappingStore> logger)
        : base(MappingFile.Load(Path.GetFullPath(options.Path)))
    {
        _path = Path.GetFullPath(options.Path);
        _logger = logger;
    }

    protected override Task<KeepingFailure?> KeepAsync(MappingSnapshot next) =>
        // Waiting for a disk holds a thread, which must not be one that serves sockets.
        Task.Run(() => Keep(next), CancellationToken.None);

    private KeepingFailure? Keep(MappingSnapshot next)
    {
        try
        {
            DurableFile.Replace(_path, MappingFile.Render(next));
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            AdminLog.MappingsNotWritten(_logger, _path, error.Message);
            bool isFull = error.HResult is NoSpaceLeft or QuotaExceededLinux or QuotaExceededMacOs or DiskFullWindows or HandleDiskFullWindows;
            return new KeepingFailure(isFull ? MappingWriteOutcome.StoreFull : MappingWriteOutcome.Unavailable, error.Message);
        }
    }
}
