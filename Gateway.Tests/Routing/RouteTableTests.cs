using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Routing;

public sealed class RouteTableTests
{
    private static readonly RouteTable Table = new(
        [
            Route("llama", "vllm", Live(1)),
            Route("llama", "trtllm-serve", Live(2)),
            Route("odd@name", "vllm", Live(3)),
            Route("odd@vllm", "sglang", Live(4)),
        ],
        []);

    [Fact]
    public void NoModel_IsRequired() => Assert.Equal(RouteOutcome.ModelRequired, Table.Match("", "vllm", false).Outcome);

    [Theory]
    [InlineData("qwen")]
    [InlineData("Llama")]
    [InlineData("llama ")]
    public void ModelNames_AreComparedExactly(string model) => Assert.Equal(RouteOutcome.ModelUnknown, Table.Match(model, "", false).Outcome);

    [Theory]
    [InlineData("VLLM", "vllm")]
    [InlineData("tensorrt_llm", "trtllm-serve")]
    [InlineData("TrtLLM", "trtllm-serve")]
    public void ANamedEngine_IsTheOnlyChoice(string engine, string ownedBy)
    {
        RouteMatch match = Table.Match("llama", engine, false);

        Assert.Equal(RouteOutcome.Found, match.Outcome);
        Assert.Equal([ownedBy], Owners(match.Tiers));
    }

    [Fact]
    public void AnEngineThatDoesNotHaveTheModel_IsTold()
    {
        RouteMatch match = Table.Match("llama", "sglang", false);

        Assert.Equal(RouteOutcome.EngineUnknown, match.Outcome);
        Assert.Equal(["trtllm-serve", "vllm"], match.Model!.Routes.Select(route => route.OwnedBy));
        Assert.Empty(match.Tiers);
    }

    [Fact]
    public void NoEngine_MeansAllEnginesOfTheModel() => Assert.Equal(["trtllm-serve+vllm"], Owners(Table.Match("llama", "", false).Tiers));

    [Theory]
    [InlineData("llama@vllm", "", "vllm")]
    [InlineData("llama@TRTLLM", "", "trtllm-serve")]
    [InlineData("odd@name", "", "vllm")]
    [InlineData("odd@name@vllm", "", "vllm")]
    [InlineData("odd@vllm", "", "sglang")]
    [InlineData("llama@vllm", "trtllm", "trtllm-serve")]
    public void ASuffix_NamesTheEngineUnlessTheNameIsKnownWholeOrTheEngineIsNamed(string model, string engine, string ownedBy)
    {
        RouteMatch match = Table.Match(model, engine, modelSuffix: true);

        Assert.Equal(RouteOutcome.Found, match.Outcome);
        Assert.Equal([ownedBy], Owners(match.Tiers));
    }

    [Theory]
    [InlineData("llama@vllm", false, RouteOutcome.ModelUnknown)]
    [InlineData("llama@sglang", true, RouteOutcome.EngineUnknown)]
    [InlineData("llama@", true, RouteOutcome.ModelUnknown)]
    [InlineData("@vllm", true, RouteOutcome.ModelUnknown)]
    [InlineData("odd@vllm", false, RouteOutcome.Found)]
    internal void ASuffix_ThatNamesNothing_FindsNothing(string model, bool modelSuffix, RouteOutcome expected) =>
        Assert.Equal(expected, Table.Match(model, "", modelSuffix).Outcome);
}
