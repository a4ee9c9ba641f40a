using Gateway.Forwarding;

namespace Gateway.Tests.Forwarding;

public sealed class HeaderRulesTests
{
    [Theory]
    [InlineData("Connection")]
    [InlineData("keep-alive")]
    [InlineData("TRANSFER-ENCODING")]
    [InlineData("TE")]
    [InlineData("Upgrade")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Expect")]
    [InlineData("x-prefiller-host-port")]
    [InlineData("X-Prefiller-Url")]
    [InlineData("x-encoder-hosts-ports")]
    [InlineData("x-data-parallel-host-port")]
    [InlineData("X-Data-Parallel-Rank")]
    [InlineData("x-kv-cache-source-host-port")]
    [InlineData("x-gateway-destination-endpoint")]
    [InlineData("x-gateway-destination-endpoint-subset")]
    public void FieldOfThisHop_OrThatSteersACluster_IsNotSent(string name) => Assert.False(HeaderRules.IsSent(name));

    [Theory]
    [InlineData("Authorization")]
    [InlineData("Content-Type")]
    [InlineData("traceparent")]
    [InlineData("x-owned-by")]
    [InlineData("x-gateway-model-name")]
    [InlineData("Trailer")]
    [InlineData("x-data")]
    public void AnyOtherField_IsSent(string name) => Assert.True(HeaderRules.IsSent(name));

    [Theory]
    [InlineData("x-hop", "x-hop", true)]
    [InlineData("close, X-Hop", "x-hop", true)]
    [InlineData("close ,x-other", "x-hop", false)]
    [InlineData("authorization, x-hop", "Authorization", false)]
    [InlineData("content-type", "Content-Type", false)]
    [InlineData("x-hopper", "x-hop", false)]
    public void NominatedField_StaysOnItsHop_ButForThoseThatTheNextOneReliesOn(string connection, string name, bool nominated) =>
        Assert.Equal(nominated, HeaderRules.IsNominated(connection, name));
}
