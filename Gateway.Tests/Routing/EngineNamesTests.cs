using Gateway.Routing;

namespace Gateway.Tests.Routing;

public sealed class EngineNamesTests
{
    [Theory]
    [InlineData("vllm", "VLLM", true)]
    [InlineData("trtllm-serve", "tensorrt_llm", true)]
    [InlineData("TRTLLM", "TensorRT_LLM", true)]
    [InlineData("llamacpp", "llama.cpp", true)]
    [InlineData("vllm", "sglang", false)]
    [InlineData("llamacpp", "trtllm", false)]
    public void Engines_AreTheSameWithoutRegardToCaseAndThroughAliases(string left, string right, bool same)
    {
        Assert.Equal(same, EngineNames.Same(left, right));
        Assert.Equal(same, EngineNames.Canonical(left) == EngineNames.Canonical(right));
    }

    [Fact]
    public void Accepted_ListsTheOwnSpellingFirstAndOnce()
    {
        Assert.Equal(["TRTLLM", "tensorrt_llm", "trtllm-serve"], EngineNames.Accepted("TRTLLM"));
        Assert.Equal(["MyEngine"], EngineNames.Accepted("MyEngine"));
    }
}
