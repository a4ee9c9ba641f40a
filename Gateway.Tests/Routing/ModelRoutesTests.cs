using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Routing;

public sealed class ModelRoutesTests
{
    [Fact]
    public void EqualRoutes_StandSideBySide() =>
        Assert.Equal(["sglang+vllm"], Tiers([], Route("m", "sglang"), Route("m", "vllm")));

    [Fact]
    public void LowerPriority_ComesFirst() =>
        Assert.Equal(["c", "a+b", "d"], Tiers([], Ranked("m", "a", 0), Ranked("m", "b", 0), Ranked("m", "c", -1), Ranked("m", "d", 5)));

    [Fact]
    public void DefaultOwnedBy_OutranksPriority() =>
        Assert.Equal(
            ["d", "b", "a", "c"],
            Tiers(["D", "none", "b"], Ranked("m", "a", 0), Ranked("m", "b", 0), Ranked("m", "c", 1), Ranked("m", "d", 9)));

    [Fact]
    public void DefaultOwnedBy_UnderstandsAliases() =>
        Assert.Equal(["tensorrt_llm", "a"], Tiers(["trtllm"], Route("m", "a"), Route("m", "tensorrt_llm")));

    [Fact]
    public void Weight0_IsNeverChosen_NotEvenAsThePreferredEngine() =>
        Assert.Equal(["a"], Tiers(["b"], Route("m", "a"), Weighted("m", "b", 0)));

    [Fact]
    public void Weight0_CanStillBeNamed()
    {
        var model = new ModelRoutes("m", [Route("m", "a"), Weighted("m", "b", 0)], []);

        Assert.Equal(["b"], Owners(model.Find("B")!.Alone));
    }

    private static string[] Tiers(string[] defaultOwnedBy, params Route[] routes) => Owners(new ModelRoutes("m", routes, defaultOwnedBy).Tiers);
}
