using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// OpenAI's and Anthropic's libraries for JavaScript when no whole answer comes: they obey <c>x-should-retry: false</c>, and do not ask again
/// for an answer that has begun.
/// </summary>
public sealed class NodeClientCutTests
{
    // Both libraries try twice again where an error allows it.
    private const int RequestsWhenInvitedToComeAgain = 3;

    private const string Anthropic = "anthropic.mjs";
    private const string OpenAi = "openai.mjs";

    public static TheoryData<string, string, AnswerCut> Cuts { get; } =
        [.. from cut in Enum.GetValues<AnswerCut>()
            from client in new[] { (OpenAi, "chat"), (OpenAi, "response"), (Anthropic, "message") }
            select (client.Item1, client.Item2, cut)];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task CutAnswer_IsAnError_AndNeverAWholeAnswer(string script, string answer, AnswerCut cut)
    {
        await NodeClients.RequireAsync();
        await using CutStage stage = await CutStage.StartAsync(cut);
        string scenario = stage.IsOfStream ? $"{answer}Stream" : answer;

        NodeResult seen = await NodeClients.RunAsync(script, scenario, stage.Gateway.Url, stage.BegunAsync, stage.Headers);

        Assert.NotEmpty(seen.ErrorClasses);
        Assert.False(seen.Finished);
        if (stage.Status != 200)
            Assert.Equal(stage.Status, seen.Error.GetProperty("status").GetInt32());
        if (stage.Code is not null)
            AssertIsToldWhy(script, stage.Code, seen);
        await stage.AssertCutAsync(seen.Pieces, cut == AnswerCut.Refused ? RequestsWhenInvitedToComeAgain : 1);
    }

    private static void AssertIsToldWhy(string script, string code, NodeResult seen)
    {
        JsonElement error = seen.Error;
        Assert.Contains("APIError", seen.ErrorClasses);
        if (script == Anthropic)
            Assert.Equal("api_error", error.GetProperty("body").GetProperty("error").GetProperty("type").GetString());
        else
            Assert.Equal(code, error.GetProperty("code").GetString());
    }
}
