using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Gateway.Benchmarks.Micro;

/// <summary>How long after its client has left does an engine see its connection close, by the phase that the request is in?</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 20, iterationCount: 300)]
[MinColumn, MedianColumn, MaxColumn]
public class DepartureBenchmarks
{
    private const string Probe = "GET ";

    private readonly SemaphoreSlim _inPhase = new(0);
    private readonly SemaphoreSlim _closed = new(0);
    private Socket _listener = null!;
    private BenchmarkGateway _gateway = null!;
    private byte[] _request = null!;
    private Socket _client = null!;

    public enum Moment
    {
        WaitingForTheHead,
        InMidStream,
    }

    [Params(Moment.WaitingForTheHead, Moment.InMidStream)]
    public Moment Phase { get; set; }

    [GlobalSetup]
    public async Task SetUp()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
        _gateway = await BenchmarkGateway.StartAsync($"http://{_listener.LocalEndPoint}");
        _request = BenchmarkGateway.ChatRequest(ChatBody.Create(1024, modelFirst: false));
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _gateway.DisposeAsync();
        _listener.Dispose();
    }

    [IterationSetup]
    public void ReachPhase()
    {
        _client = _gateway.Connect();
        _client.Send(_request);
        if (Phase == Moment.InMidStream)
            _client.Receive(new byte[4096]);
        _inPhase.Wait();
    }

    [Benchmark]
    public void LeaveUntilTheEngineKnows()
    {
        _client.Dispose();
        _closed.Wait();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.Accept();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = socket.Receive(buffer);
        while (length > 0 && buffer.AsSpan().StartsWith(System.Text.Encoding.ASCII.GetBytes(Probe)))
        {
            socket.Send(CannedEngine.Models);
            length = socket.Receive(buffer);
        }

        if (length == 0)
            return;

        if (Phase == Moment.InMidStream)
            socket.Send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: x\n\n\r\n"u8);
        _inPhase.Release();
        try
        {
            while (socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset tells it as well.
        }

        _closed.Release();
    }
}
