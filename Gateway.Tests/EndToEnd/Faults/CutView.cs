using System.Text.Json;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>Reads an answer whose engine fails after its head, and compares it with what the client was to get.</summary>
internal static class CutView
{
    public static async Task AssertIsAsync(Seen seen, RawConnection client, Stage stage, AnswerKind kind)
    {
        if (seen is Seen.Unreachable or Seen.TimedOut)
            await AssertIsErrorAsync(seen, client, stage, kind);
        else
            await AssertIsCutAsync(seen, client, stage, kind);
    }

    // The gateway has not passed the head on: it goes out with the first byte of the body.
    private static async Task AssertIsErrorAsync(Seen seen, RawConnection client, Stage stage, AnswerKind kind)
    {
        await stage.HeadHasComeAsync();
        stage.A.GoOn();
        RawMessage answer = await TakeAsync(RawMessage.ReadAsync(client), stage);

        ClientView.AssertIs(seen, answer, kind, stage.A);
        Assert.Equal(0, client.Buffered);
    }

    private static async Task AssertIsCutAsync(Seen seen, RawConnection client, Stage stage, AnswerKind kind)
    {
        string[] begin = EngineLines.Begin(stage.A.Name, stage.A.CurrentFault!.Value, kind);
        string head = await client.ReadHeadAsync();
        string came = begin.Length > 0 ? await client.ReadUntilAsync(begin[^1]) : "";
        stage.A.GoOn();
        came += await TakeAsync(client.ReadToEndAsync(), stage);

        var answer = new RawMessage(head, "");
        Assert.Equal((200, stage.A.OwnedBy), (answer.Status, answer.Header("x-owned-by")));
        Assert.DoesNotContain(Wire.LastChunk, came, StringComparison.Ordinal);
        string body = Wire.WithoutFraming(came);
        Assert.StartsWith(string.Concat(begin), body, StringComparison.Ordinal);
        AssertIsRest(seen, body[string.Concat(begin).Length..]);
    }

    /// <summary>Compares what came behind the last byte of the engine.</summary>
    public static void AssertIsRest(Seen seen, string rest)
    {
        if (seen == Seen.Cut)
        {
            Assert.Empty(rest);
            return;
        }

        Assert.StartsWith("data: ", rest, StringComparison.Ordinal);
        Assert.Equal(rest.Length - 2, rest.IndexOf("\n\n", StringComparison.Ordinal));
        JsonElement error = JsonElement.Parse(rest["data: ".Length..]).GetProperty("error");
        Assert.Equal(seen == Seen.CutAsTimedOut ? "upstream_timeout" : "upstream_disconnected", error.GetProperty("code").GetString());
        Assert.Equal("server_error", error.GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    private static async Task<T> TakeAsync<T>(Task<T> reading, Stage stage)
    {
        if (stage.A.Stalls)
            await stage.LetTimePassUntilAsync(reading);
        return await reading;
    }
}
