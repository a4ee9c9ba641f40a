using Gateway.Admin;
using Gateway.Routing;

namespace Gateway.Tests.Admin;

public sealed class ConfigMapKeyTests
{
    [Fact]
    public void Key_IsReadable() =>
        Assert.Matches(
            "^vllm\\.meta-llama-Llama-3\\.2-1B-Instruct\\.[0-9a-f]{16}$", ConfigMapKey.Of(new MappingKey("meta-llama/Llama-3.2-1B-Instruct", "vllm")));

    [Theory]
    [InlineData("..", "..")]
    [InlineData("ключ/модель", "llama.cpp")]
    [InlineData("a b\u00a0c:d@e", "x/y")]
    [InlineData(".", "e")]
    public void Key_IsOneThatKubernetesTakes(string model, string engine)
    {
        foreach (string key in (string[])[ConfigMapKey.Of(new(model, engine)), ConfigMapKey.Of(new(string.Concat(Enumerable.Repeat(model, 300)), string.Concat(Enumerable.Repeat(engine, 300))))])
        {
            Assert.Matches("^[-._a-zA-Z0-9]{1,253}$", key);
            Assert.False(key.StartsWith("..", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Key_IsAnotherForEachPair()
    {
        MappingKey[] pairs =
        [
            new("a/b", "vllm"), new("a-b", "vllm"), new("A/b", "vllm"), new("a/b", "sglang"), new("b", "vllm.a"), new("a.b", "vllm"),
            new(new string('x', 300) + "1", "vllm"), new(new string('x', 300) + "2", "vllm"),
        ];
        Assert.Equal(pairs.Length, pairs.Select(ConfigMapKey.Of).Distinct().Count());
    }

    [Fact]
    public void NameOfOnesOwn_BelongsToNobody_ButAMadeOneBelongsToItsPair()
    {
        var pair = new MappingKey("m", "vllm");
        Assert.False(ConfigMapKey.BelongsToAnother("my-route.json", pair));
        Assert.False(ConfigMapKey.BelongsToAnother(ConfigMapKey.Of(pair), pair));
        Assert.True(ConfigMapKey.BelongsToAnother(ConfigMapKey.Of(pair), new MappingKey("n", "vllm")));
    }
}
