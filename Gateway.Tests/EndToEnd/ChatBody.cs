namespace Gateway.Tests.EndToEnd;

/// <summary>Bodies of requests for the model <c>m</c>.</summary>
internal static class ChatBody
{
    public const string Stream = """{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}""";

    public const string Unary = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""";

    /// <summary>Large, and its route is known from its first bytes.</summary>
    public static string ModelFirst(int padding, string tail = "}") => $$"""{"model":"m","owned_by":"vllm","pad":"{{new string('p', padding)}}"{{tail}}""";

    /// <summary>Large, and its route is known only at its end.</summary>
    public static string ModelLast(int padding) => $$"""{"pad":"{{new string('p', padding)}}","model":"m"}""";
}
