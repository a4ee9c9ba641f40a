using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Tests.Hosting;

public sealed class DrainingLifetimeTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken TestEnds => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sigterm_ServesThroughTheDelayThenStops()
    {
        await using DrainingServer server = await DrainingServer.StartAsync(HttpProtocols.Http1, TestEnds);
        Assert.Equal(ConfigurationFileWatcher.Interval, await server.Clock.NextTimerAsync(TestEnds));

        Assert.True(server.Lifetime.Receive(PosixSignal.SIGTERM));
        Assert.Equal(new DrainOptions().Delay, await server.Clock.NextTimerAsync(TestEnds));
        Assert.True(server.Drain.IsDraining);
        await using (NetworkStream client = await server.ConnectAsync(TestEnds))
            Assert.EndsWith("0\r\n\r\n", await GetToEndAsync(client, "/"), StringComparison.Ordinal);

        server.Clock.Advance(new DrainOptions().Delay);
        await server.StoppedAsync(TestEnds).WaitAsync(Bound, TestEnds);
    }

    [Fact]
    public async Task CtrlC_LetsARunningStreamEnd()
    {
        await using DrainingServer server = await DrainingServer.StartAsync(HttpProtocols.Http1, TestEnds);
        await using NetworkStream client = await server.ConnectAsync(TestEnds);
        await BeginAsync(client, "/stream");

        Assert.True(server.Lifetime.Receive(PosixSignal.SIGINT));
        Assert.True(server.Drain.RefusesNew);
        Task stopped = server.StoppedAsync(TestEnds);
        server.LetStreamsEnd();

        Assert.EndsWith("0\r\n\r\n", await ReadToEndAsync(client), StringComparison.Ordinal);
        await stopped.WaitAsync(Bound, TestEnds);
    }

    [Fact]
    public async Task ASecondSignal_CutsARunningStream()
    {
        await using DrainingServer server = await DrainingServer.StartAsync(HttpProtocols.Http1, TestEnds);
        await using NetworkStream client = await server.ConnectAsync(TestEnds);
        await BeginAsync(client, "/stream");
        Task stopped = server.StoppedAsync(TestEnds);

        Assert.True(server.Lifetime.Receive(PosixSignal.SIGTERM));
        Assert.True(server.Lifetime.Receive(PosixSignal.SIGTERM));

        // The clock stands still: nothing but the signal can have ended this.
        Assert.DoesNotContain("0\r\n\r\n", await ReadToEndAsync(client), StringComparison.Ordinal);
        await stopped.WaitAsync(Bound, TestEnds);
        Assert.False(server.Lifetime.Receive(PosixSignal.SIGTERM));
    }

    private static async Task<string> GetToEndAsync(NetworkStream client, string path)
    {
        await client.WriteAsync(Request(path), TestEnds);
        return await ReadToEndAsync(client);
    }

    private static async Task BeginAsync(NetworkStream client, string path)
    {
        await client.WriteAsync(Request(path), TestEnds);
        var head = new StringBuilder();
        var buffer = new byte[1024];
        while (!head.ToString().Contains("begun", StringComparison.Ordinal))
        {
            int read = await client.ReadAsync(buffer, TestEnds);
            Assert.NotEqual(0, read);
            head.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
    }

    private static byte[] Request(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n");

    private static async Task<string> ReadToEndAsync(NetworkStream client)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        try
        {
            while (await client.ReadAsync(buffer, TestEnds).AsTask().WaitAsync(Bound, TestEnds) is > 0 and int read)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // A reset ends the stream as well as a close.
        }

        return text.ToString();
    }
}
