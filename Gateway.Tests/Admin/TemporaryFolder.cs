using Gateway.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Admin;

/// <summary>A folder of one test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gateway-tests-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public static FileMappingStore Open(string path) => new(new StateOptions { Path = path }, NullLogger<FileMappingStore>.Instance);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
