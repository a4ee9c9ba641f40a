using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Admin;

/// <summary>Replaces a file so that, whenever the power fails, either the old content or the new one is there, and after the return the new one.</summary>
internal static class DurableFile
{
    private const string TemporarySuffix = ".tmp";

    // The same on Linux and macOS.
    private const int ReadOnly = 0;

    /// <exception cref="IOException">Nothing was replaced; or the name was, but the folder would not say that it is on disk.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing was replaced.</exception>
    public static void Replace(string path, ReadOnlyMemory<byte> content)
    {
        string folder = Path.GetDirectoryName(path)!;
        EnsureFolder(folder);

        // One fixed name in the same folder: a rename does not cross file systems, and what a crash leaves behind is written over.
        string temporary = path + TemporarySuffix;
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content.Span);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            RemoveQuietly(temporary);
            throw;
        }

        FlushFolder(folder);
    }

    private static void EnsureFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;

        string parent = Path.GetDirectoryName(folder)!;
        EnsureFolder(parent);
        Directory.CreateDirectory(folder);
        FlushFolder(parent);
    }

    // The error that is already on its way matters more, and the next write replaces the file anyway.
    private static void RemoveQuietly(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>A rename is durable once the folder is (fsync(2)). Windows journals it by itself.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        // File.OpenHandle refuses folders.
        using var handle = new SafeFileHandle(OpenForReading(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid)
            throw new IOException($"The folder '{folder}' can't be opened: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());
        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenForReading([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
