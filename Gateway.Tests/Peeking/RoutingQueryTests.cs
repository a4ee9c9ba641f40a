using CsCheck;
using Gateway.Peeking;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Tests.Peeking;

public sealed class RoutingQueryTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?model", "")]
    [InlineData("?model=", "")]
    [InlineData("?Model=a", "")]
    [InlineData("?models=a&xmodel=b&mode=c", "")]
    [InlineData("?model=a", "a")]
    [InlineData("?x=1&&=&model=a=b&y", "a=b")]
    [InlineData("?model=&model=a&model=b", "a")]
    [InlineData("?mod%65l=org%2Fname+x%C3%B6", "org/name xö")]
    [InlineData("?%6D%6f%64%65%6C=100%", "100%")]
    [InlineData("?model=%aa%2B", "%aa+")]
    [InlineData("?mod%2565l=a&mod%6=b&model+=c", "")]
    public void Value_IsTheFirstThatIsNotEmpty(string? query, string expected) =>
        Assert.Equal(expected, RoutingQuery.Value(query, RoutingField.Model).ToString());

    [Theory]
    [InlineData(RoutingField.OwnedBy, "a")]
    [InlineData(RoutingField.Engine, "b")]
    [InlineData(RoutingField.InferenceServer, "c")]
    internal void Value_KnowsTheEnginesNames(RoutingField field, string expected) =>
        Assert.Equal(expected, RoutingQuery.Value("?engine=b&owned_by=a&inference_server=c", field).ToString());

    [Theory]
    [InlineData("?a=1&owned_by=x&b=%20", "?a=1&b=%20")]
    [InlineData("?owned_by=x&b=2", "?b=2")]
    [InlineData("?b=2&engine", "?b=2")]
    [InlineData("?engine=x", "")]
    [InlineData("?engine=x&inference_server=&owned_by=y&owned_by=z", "")]
    [InlineData("?own%65d_by=x&%65ngine=y&a+b=%zz&inference%5Fserver&;c=%2f&", "?a+b=%zz&;c=%2f&")]
    [InlineData("?&engine=x&&a", "?&&a")]
    [InlineData("?&engine=x", "")]
    public void WithoutEngine_KeepsEverythingElse(string query, string expected) => Assert.Equal(expected, RoutingQuery.WithoutEngine(query));

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?a=1&&b=%20&model=x")]
    [InlineData("?Engine=x&owned%255Fby=y&engines=z&engine%00=0")]
    public void WithoutEngine_ReturnsAQueryWithoutOneItself(string query) => Assert.Same(query, RoutingQuery.WithoutEngine(query));

    [Fact]
    public void WithoutEngine_OfALongQuery()
    {
        string value = new('x', 5000);

        Assert.Equal($"?a={value}", RoutingQuery.WithoutEngine($"?engine={value}&a={value}"));
        Assert.Equal("", RoutingQuery.WithoutEngine(null));
    }

    [Fact]
    public void RandomQueries_AreReadAsAspNetCoreReadsThem()
    {
        Gen<string> word = Gen.OneOf("model", "m%6Fdel", "engine", "%65ngine", "owned_by", "inference_server", "=", "=", "&", "&", "a", "%20", "+", "%", "%C3%B6", "?");

        word.Array[0, 20].Select(string.Concat).Sample(
            text =>
            {
                string query = "?" + text;
                List<(string Name, string Value)> pairs = Pairs(query);

                string expected = pairs.FirstOrDefault(pair => pair is { Name: "model", Value: not "" }).Value ?? "";
                Assert.Equal(expected, RoutingQuery.Value(query, RoutingField.Model).ToString());

                List<(string Name, string Value)> kept = [.. pairs.Where(pair => pair.Name is not ("engine" or "owned_by" or "inference_server"))];
                Assert.Equal(kept, Pairs(RoutingQuery.WithoutEngine(query)));
            },
            iter: 10_000);
    }

    [Fact]
    public void ReadingPlainValues_AllocatesNothing()
    {
        const string Query = "?a=b&m%6Fdel=x&engine=y";
        int length = 0;

        Assert.Equal(0, Allocations.Of(() =>
            length = RoutingQuery.Value(Query, RoutingField.Model).Length + RoutingQuery.Value(Query, RoutingField.Engine).Length));
        Assert.Equal(2, length);
    }

    private static List<(string Name, string Value)> Pairs(string query)
    {
        var pairs = new List<(string, string)>();
        foreach (QueryStringEnumerable.EncodedNameValuePair pair in new QueryStringEnumerable(query))
            pairs.Add((pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return pairs;
    }
}
