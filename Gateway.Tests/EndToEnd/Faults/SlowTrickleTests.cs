namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An engine that is slow but never silent for too long: the last row of the second table of <c>docs/faults.md</c>.</summary>
public sealed class SlowTrickleTests
{
    public static MatrixTheoryData<Topology, AnswerKind> Cells { get; } = new(Enum.GetValues<Topology>(), Enum.GetValues<AnswerKind>());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task SlowTrickle_ComesWhole(Topology topology, AnswerKind kind)
    {
        await using Stage stage = await Stage.SetAsync(Fault.SlowTrickle, topology, "Idle");
        (int All, int A, int B) before = stage.Asked;
        using RawConnection client = await stage.PostAsync(kind);

        var head = new RawMessage(await client.ReadHeadAsync(), "");
        Assert.Equal((200, stage.A.OwnedBy), (head.Status, head.Header("x-owned-by")));
        foreach (string piece in EngineLines.Pieces(stage.A.Name, kind))
            await TakePieceAsync(stage, client, piece, kind);
        string end = kind == AnswerKind.Stream ? Wire.LastChunk : "";
        Assert.Equal(end, await client.ReadAsync(end.Length));

        Assert.Equal(0, client.Buffered);
        stage.AssertAsked(new Expectation(Seen.AnswerOfA, AskedA: 1), before);
        Assert.Equal(("ready", null), await stage.ShownAsync(stage.A));
        await stage.SettlesAsync();
    }

    [Theory]
    [InlineData(AnswerKind.Unary)]
    [InlineData(AnswerKind.Stream)]
    public async Task TotalTime_EndsIt(AnswerKind kind)
    {
        await using Stage stage = await Stage.SetAsync(Fault.SlowTrickle, Topology.SecondIsWell, "Total");
        (int All, int A, int B) before = stage.Asked;
        using RawConnection client = await stage.PostAsync(kind);

        string[] pieces = EngineLines.Pieces(stage.A.Name, kind);
        await client.ReadHeadAsync();
        await TakePieceAsync(stage, client, pieces[0], kind);
        string second = EngineLines.Framed([pieces[1]], Fault.SlowTrickle, kind);
        Assert.Equal(second, await client.ReadAsync(second.Length));
        Task<string> reading = client.ReadToEndAsync();
        await stage.LetTimePassUntilAsync(reading);
        string rest = await reading;

        Assert.DoesNotContain(Wire.LastChunk, rest, StringComparison.Ordinal);
        CutView.AssertIsRest(kind == AnswerKind.Stream ? Seen.CutAsTimedOut : Seen.Cut, Wire.WithoutFraming(rest));
        stage.AssertAsked(new Expectation(Seen.Cut, AskedA: 1), before);
        (string state, string? lastError) = await stage.ShownAsync(stage.A);
        Assert.Equal("ready", state);
        Assert.Contains("Gateway:Timeouts:Total", lastError, StringComparison.Ordinal);
        for (int i = 1; i < pieces.Length; i++)
            stage.A.GoOn();
        await stage.SettlesAsync();
    }

    private static async Task TakePieceAsync(Stage stage, RawConnection client, string piece, AnswerKind kind)
    {
        string framed = EngineLines.Framed([piece], Fault.SlowTrickle, kind);
        Assert.Equal(framed, await client.ReadAsync(framed.Length));
        stage.LetTimeNearlyPass();
        stage.A.GoOn();
    }
}
