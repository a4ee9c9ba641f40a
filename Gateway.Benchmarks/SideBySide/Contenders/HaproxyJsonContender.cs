using System.Collections.Frozen;
using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>HAProxy that routes by <c>model</c> and <c>owned_by</c> of a buffered body.</summary>
internal sealed class HaproxyJsonContender : IContender
{
    // A whole body must fit, and every connection that is busy holds two of these: 256 KB of JSON and its head, and no more.
    private const int BufferBytes = 320 * 1024;

    // glibc gives blocks of this size back to the kernel as soon as they are free, and the next request pays for their pages again: 38 µs a
    // request of 1 KB. Told to keep them it is 23 µs, as little as with HAProxy's own small buffers.
    private static readonly Dictionary<string, string> Allocator = new()
    {
        ["MALLOC_TRIM_THRESHOLD_"] = $"{128 * 1024 * 1024}",
        ["MALLOC_MMAP_THRESHOLD_"] = $"{32 * 1024 * 1024}",
    };

    public string Name => "haproxy-json";

    // Of a body that does not fit into its buffer HAProxy sees the beginning only: a model behind that is not found, and the answer is 404.
    public IReadOnlySet<string> LeftOut { get; } = new[]
    {
        "body-512kb", "body-1mb", "body-2mb", "body-4mb", "body-8mb", "body-16mb", "body-4mb-last", "bodies-16mb-100",
    }.ToFrozenSet();

    public string? Missing() => Haproxy.Missing();

    public async Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
    {
        string map = Path.Combine(setup.WorkFolder, "routes.map");
        await File.WriteAllTextAsync(map, $"{BenchmarkModel.Name}|{BenchmarkModel.OwnedBy} engines\n", cancellationToken);

        int port = FreePort.Find();
        string configuration = $$"""
            {{Haproxy.Global}}
                tune.bufsize {{BufferBytes}}

            defaults
                mode http
                timeout connect 5s
                timeout client 10m
                timeout server 10m
                timeout http-request 30s
                timeout http-keep-alive 5m
                option abortonclose
                # Without it a token waits for the acknowledgement of the one before: 40 ms at the median.
                option http-no-delay

            frontend clients
                bind 127.0.0.1:{{port}}
                option http-buffer-request
                http-request set-var(txn.model) req.body,json_query('$.model')
                http-request set-var(txn.owner) req.body,json_query('$.owned_by')
                use_backend %[var(txn.model),concat(|,txn.owner),map_str({{map}},unknown)]
                default_backend unknown

            backend engines
                balance leastconn
                http-reuse always
            {{Haproxy.Servers(setup.Engines)}}

            backend unknown
                http-request return status 404 content-type application/json string '{"error":"model_not_found"}'
            """;
        return await Haproxy.StartAsync(Name, setup, port, configuration, Allocator, cancellationToken);
    }
}
