using System.ClientModel;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// OpenAI's library for .NET when no whole answer comes. Its retries, those of System.ClientModel, know nothing of <c>x-should-retry</c>: it
/// asks again after a 502, and after an answer in one piece that broke off.
/// </summary>
public sealed class OpenAiClientCutTests
{
    // It tries three times again where it believes that this may help.
    private const int RequestsWithRetries = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, AnswerCut> Cuts { get; } = new(["chat", "response"], Enum.GetValues<AnswerCut>());

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task CutAnswer_IsAnError_AndNeverAWholeAnswer(string answer, AnswerCut cut)
    {
        await using CutStage stage = await CutStage.StartAsync(cut);
        OpenAIClient client = OpenAiClients.CreateWithDefaultRetries(stage.Gateway, stage.Headers);
        var pieces = new List<string>();

        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (string piece in answer == "chat" ? ChatAsync(client, stage.IsOfStream) : RespondAsync(client, stage.IsOfStream))
            {
                if (pieces.Count == 0)
                    await stage.BegunAsync();
                pieces.Add(piece);
            }
        });

        if (stage.Status != 200)
            Assert.Equal(stage.Status, Assert.IsType<ClientResultException>(thrown).Status);
        bool asksAgain = cut is AnswerCut.ResetBeforeTheHead or AnswerCut.Refused or AnswerCut.InOnePiece;
        await stage.AssertCutAsync(pieces, asksAgain ? RequestsWithRetries : 1);
    }

    private static async IAsyncEnumerable<string> ChatAsync(OpenAIClient client, bool isStream)
    {
        ChatClient chat = client.GetChatClient(CutStage.Model);
        UserChatMessage[] prompt = [new("p")];
        if (!isStream)
        {
            yield return (await chat.CompleteChatAsync(prompt, cancellationToken: Cancelled)).Value.Content[0].Text;
            yield break;
        }

        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(prompt, cancellationToken: Cancelled))
        {
            if (update.ContentUpdate is [{ Text.Length: > 0 } part])
                yield return part.Text;
        }
    }

#pragma warning disable OPENAI001 // The library calls this API an evaluation version; engines serve it, so clients use it.
    private static async IAsyncEnumerable<string> RespondAsync(OpenAIClient client, bool isStream)
    {
        ResponsesClient responses = client.GetResponsesClient();
        var options = new CreateResponseOptions
        {
            Model = CutStage.Model,
            StreamingEnabled = isStream,
            InputItems = { ResponseItem.CreateUserMessageItem("p") },
        };
        if (!isStream)
        {
            yield return (await responses.CreateResponseAsync(options, Cancelled)).Value.GetOutputText();
            yield break;
        }

        await foreach (StreamingResponseUpdate update in await responses.CreateResponseStreamingAsync(options, Cancelled))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate text)
                yield return text.Delta;
        }
    }
#pragma warning restore OPENAI001
}
