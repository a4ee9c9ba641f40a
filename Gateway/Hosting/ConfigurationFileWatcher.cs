using Gateway.Telemetry;
using Microsoft.Extensions.FileProviders;

namespace Gateway.Hosting;

/// <summary>
/// Reads a configuration file again after it has changed. The framework's own reload on change would watch the whole tree below the
/// working directory with inotify, would not see a mounted ConfigMap change (links are swapped, no file is written), and empties what it
/// knew of a file that can't be parsed, such as one that is being saved, which here would take all routes away.
/// </summary>
internal sealed class ConfigurationFileWatcher : IHostedService, IDisposable
{
    /// <summary>A file is read once it has looked the same for this long, hence not while it is being written.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly List<WatchedFile> _files;
    private readonly ILogger<ConfigurationFileWatcher> _logger;
    private readonly ITimer _timer;

    public ConfigurationFileWatcher(IConfiguration configuration, TimeProvider timeProvider, ILogger<ConfigurationFileWatcher> logger)
    {
        _logger = logger;
        var files = ((IConfigurationRoot)configuration).Providers.OfType<FileConfigurationProvider>();
        _files = [.. files.Select(WatchedFile.Of).OfType<WatchedFile>()];
        _timer = timeProvider.CreateTimer(
            static watcher => ((ConfigurationFileWatcher)watcher!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LookAgain();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (WatchedFile file in _files)
        {
            if (!file.HasSettledAnew())
                continue;

            try
            {
                // Announces itself through the provider's reload token; when it throws, the provider keeps what it had.
                file.Provider.Load();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _logger.ConfigurationFileNotRead(file.Path, GatewayConfiguration.Reason(exception));
            }
            catch (AggregateException exception)
            {
                // The file is read; those who were told of it did not all take it, as logging does with a level that it does not know.
                _logger.ConfigurationFileNotTaken(file.Path, GatewayConfiguration.Reason(exception));
            }
        }

        LookAgain();
    }

    // One look at a time: the next is due only when this one is over.
    private void LookAgain() => _timer.Change(Interval, Timeout.InfiniteTimeSpan);

    private sealed class WatchedFile(FileConfigurationProvider provider, string path)
    {
        private FileStamp _read = FileStamp.Of(path);
        private FileStamp _seen = FileStamp.Of(path);

        public FileConfigurationProvider Provider => provider;

        public string Path => path;

        public static WatchedFile? Of(FileConfigurationProvider provider) =>
            provider.Source is { FileProvider: PhysicalFileProvider directory, Path: { } name }
                ? new WatchedFile(provider, System.IO.Path.Combine(directory.Root, name))
                : null;

        public bool HasSettledAnew()
        {
            FileStamp now = FileStamp.Of(path);
            bool settled = now == _seen;
            _seen = now;
            if (!settled || now == _read)
                return false;

            _read = now;
            return true;
        }
    }

    /// <summary>
    /// What tells one state of a file from another. Links are followed: a ConfigMap's files are links into a directory that is swapped.
    /// </summary>
    private readonly record struct FileStamp(bool Exists, DateTime Written, long Length)
    {
        public static FileStamp Of(string path)
        {
            try
            {
                var file = new FileInfo(path);
                if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                    file = target;
                return file.Exists ? new FileStamp(true, file.LastWriteTimeUtc, file.Length) : default;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Gone between two looks, or out of reach: the same as not there.
                return default;
            }
        }
    }
}
