using Gateway.Telemetry;

namespace Gateway.Tests.Telemetry;

public sealed class GenAiOperationTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "chat")]
    [InlineData("/v1/responses", "chat")]
    [InlineData("/v1/messages", "chat")]
    [InlineData("/v1/messages/count_tokens", "tokenize")]
    [InlineData("/v1/completions", "text_completion")]
    [InlineData("/v1/embeddings", "embeddings")]
    [InlineData("/v2/rerank", "rerank")]
    [InlineData("/v1/audio/translations", "translation")]
    [InlineData("/v1/moderations", "other")]
    public void EachPath_HasItsOperation(string path, string name)
    {
        GenAiOperation operation = GenAiOperation.Of(path);

        Assert.Equal(name, operation.Name);
        Assert.InRange(operation.Index, 0, GenAiOperation.Count - 1);
    }
}
