using System.Text.Json;
using Gateway.Discovery;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Discovery;

public sealed class ModelReadingTests
{
    private static readonly FoundEndpoint Found = new()
    {
        Address = Address(1),
        Origin = new EndpointOrigin("pod", "ns", "p"),
        FallbackEngine = "sglang",
        FallbackModels = ["from-args"],
    };

    [Fact]
    public void TheCards_OutrankTheCommandLine() =>
        Assert.Equal(["m on tensorrt_llm", "n on sglang"], Read(Found, Card("m", "tensorrt_llm"), Card("n", null)));

    [Fact]
    public void ALabel_OutranksTheCards() => Assert.Equal(["m on label"], Read(Found with { Engine = "label" }, Card("m", "tensorrt_llm")));

    [Fact]
    public void WithoutCards_TheCommandLineNamesTheModels() => Assert.Equal(["from-args on sglang"], Read(Found));

    [Fact]
    public void BeforeTheFirstProbe_APairWithAGuessedEngineIsOnlyKnown()
    {
        ServedModel guess = Assert.Single(ModelReading.Read(Found, Live(1), latest: null));
        Assert.Equal(("from-args", "sglang", null, true), (guess.Model, guess.OwnedBy, guess.Endpoint, guess.IsGuess));

        ServedModel told = Assert.Single(ModelReading.Read(Found with { Engine = "label" }, Live(1), latest: null));
        Assert.Equal(("label", false), (told.OwnedBy, told.IsGuess));
        Assert.NotNull(told.Endpoint);
    }

    private static string[] Read(FoundEndpoint found, params ModelCard[] cards) =>
        [.. ModelReading.Read(found, Live(1), new ProbeOutcome(default, cards, null)).Select(one => $"{one.Model} on {one.OwnedBy}")];

    private static ModelCard Card(string id, string? ownedBy) => new(id, ownedBy, JsonElement.Parse("{}"));
}
