using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>The members of an OpenAI error in an answer.</summary>
internal static class ErrorAnswers
{
    extension(RawMessage answer)
    {
        public string? ErrorCode => answer.Error.GetProperty("code").GetString();

        public string? ErrorParam => answer.Error.GetProperty("param").GetString();

        private JsonElement Error => answer.Json.GetProperty("error");
    }
}
