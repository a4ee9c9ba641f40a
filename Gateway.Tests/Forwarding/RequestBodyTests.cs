using System.Buffers;
using System.IO.Pipelines;
using CsCheck;
using Gateway.Forwarding;

namespace Gateway.Tests.Forwarding;

public sealed class RequestBodyTests
{
    private const long Unlimited = long.MaxValue;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(4_000, 100)]
    [InlineData(300_000, 10_000)]
    [InlineData(3_000_000, 65_536)]
    public async Task Body_ArrivesWhole_AndTheBudgetIsGivenBack(int size, int piece)
    {
        byte[] sent = Bytes(size);
        var budget = new BufferBudget(Unlimited);
        var body = new RequestBody();
        body.Begin(Arriving(sent, piece), budget, Unlimited);

        while (!body.IsComplete)
            Assert.Equal(BodyRead.Ok, await body.ReadAsync(TestContext.Current.CancellationToken));

        Assert.Equal(size, budget.Held);
        Assert.Equal(size, body.Received);
        Assert.Equal(sent, body.Bytes.ToArray());
        body.End();
        Assert.Equal(0, budget.Held);
        Assert.Equal(size, body.Received);
    }

    [Fact]
    public void BodyLetGoOfPieceByPiece_ComesOutWhole() =>
        Gen.Select(Gen.Int[0, 700_000], Gen.Int[1, 90_000], Gen.Int[1, 400_000]).Sample(
            async (size, piece, releaseUpTo) =>
            {
                byte[] sent = Bytes(size);
                var budget = new BufferBudget(Unlimited);
                var body = new RequestBody();
                body.Begin(Arriving(sent, piece), budget, Unlimited);
                using var received = new MemoryStream();

                while (true)
                {
                    await body.ReadAsync(CancellationToken.None);
                    long length = body.IsComplete ? body.Bytes.Length : Math.Min(body.Bytes.Length, releaseUpTo);
                    received.Write(body.Bytes.Slice(0, length).ToArray());
                    body.Release(length);
                    Assert.Equal(received.Length, body.Start);
                    if (body.IsComplete)
                        break;
                }

                Assert.Equal(sent, received.ToArray());
                body.End();
                Assert.Equal(0, budget.Held);
            },
            iter: 200);

    [Fact]
    public async Task BodyOverItsLimit_IsTooLarge()
    {
        var body = new RequestBody();
        body.Begin(Arriving(Bytes(1001), 1001), new BufferBudget(Unlimited), limit: 1000);

        Assert.Equal(BodyRead.TooLarge, await body.ReadAsync(TestContext.Current.CancellationToken));
        body.End();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public async Task BodyOverTheBudgetOfAll_IsRefused_AndTakesNothingOfIt(int size)
    {
        var budget = new BufferBudget(size);
        Assert.True(budget.TryTake(1));
        var body = new RequestBody();
        body.Begin(Arriving(Bytes(size), 60_000), budget, Unlimited);

        BodyRead read;
        do
            read = await body.ReadAsync(TestContext.Current.CancellationToken);
        while (read == BodyRead.Ok && !body.IsComplete);

        Assert.Equal(BodyRead.Overloaded, read);
        body.End();
        Assert.Equal(1, budget.Held);
    }

    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static PipeReader Arriving(byte[] bytes, int piece)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024 * 1024));
        _ = WriteAsync();
        return pipe.Reader;

        async Task WriteAsync()
        {
            for (int at = 0; at < bytes.Length; at += piece)
                await pipe.Writer.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
            await pipe.Writer.CompleteAsync();
        }
    }
}
