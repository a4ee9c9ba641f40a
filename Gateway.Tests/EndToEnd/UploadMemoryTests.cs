using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>Measures the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(UploadMemoryTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>A streamed upload passes through; it is not gathered.</summary>
[Collection(nameof(UploadMemoryTests))]
public sealed class UploadMemoryTests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private const int Pieces = 16;
    private const long Allowed = 4 * MiB;

    private readonly byte[] _piece = [.. Enumerable.Repeat((byte)'p', MiB)];
    private readonly byte[] _received = new byte[64 * 1024];
    private readonly SemaphoreSlim _mayRead = new(0);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task StreamedBody_AddsLittleMemory_WhetherTheEngineKeepsUpOrNot()
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(AnswerAsync);
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);

        // What a first request sets up once is not the upload's.
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync("/v1/chat/completions", ChatBody.Unary);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
        long before = GC.GetTotalMemory(forceFullCollection: true);

        byte[] begin = Encoding.ASCII.GetBytes("""{"model":"m","pad":" """);
        byte[] end = "\"}"u8.ToArray();
        await client.SendAsync(Wire.RequestHead(begin.Length + (Pieces * MiB) + end.Length));
        await client.SendAsync(begin);

        long most = 0;
        for (int i = 0; i < Pieces; i++)
        {
            // The first half comes while the engine reads nothing, until the sockets are full; the second as fast as it takes it.
            Task sending = client.SendAsync(_piece);
            while (i < Pieces / 2 && !sending.IsCompleted)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
                _mayRead.Release();
                await Task.WhenAny(sending, Task.Delay(1, TestContext.Current.CancellationToken));
            }

            if (i == Pieces / 2)
                _mayRead.Release(int.MaxValue / 2);
            await sending;
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        await client.SendAsync(end);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.InRange(most, long.MinValue, Allowed);
        await gateway.SettlesAsync();
        GC.KeepAlive(_piece);
    }

    public void Dispose() => _mayRead.Dispose();

    private async Task AnswerAsync(RawConnection connection, string head)
    {
        int length = ScriptedEngine.LengthOf(head);
        if (length < MiB)
        {
            await connection.ReadAsync(length);
        }
        else
        {
            _asked.SetResult();

            // What came with the head has been read already.
            for (int left = length - connection.Buffered; left > 0;)
            {
                await _mayRead.WaitAsync(TestContext.Current.CancellationToken);
                left -= await connection.Socket.ReceiveAsync(_received.AsMemory(), SocketFlags.None, TestContext.Current.CancellationToken);
            }
        }

        await connection.SendAsync(Wire.Answer("200 OK", "{}"));
    }
}
