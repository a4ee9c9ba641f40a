using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Benchmarks.Micro;

/// <summary>Takes an answer's body as the server does, in blocks of 16 KiB, and drops it.</summary>
internal sealed class BodySink : IHttpResponseBodyFeature
{
    public Stream Stream => Stream.Null;

    public PipeWriter Writer { get; } = PipeWriter.Create(Stream.Null, new StreamPipeWriterOptions(minimumBufferSize: 16 * 1024));

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;

    public void DisableBuffering()
    {
    }
}
