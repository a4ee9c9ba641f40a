namespace Gateway.Tests.Peeking;

public sealed class SplicePlanTests
{
    [Theory]
    [InlineData("""{"model":"m","owned_by":"v","a":1}""", """{"model":"m","a":1}""")]
    [InlineData("""{"owned_by":"v","model":"m","a":1}""", """{"model":"m","a":1}""")]
    [InlineData("""{"model":"m","a":1,"owned_by":"v"}""", """{"model":"m","a":1}""")]
    [InlineData("""{"model":"m" , "owned_by" : "v" , "a" : 1 }""", """{"model":"m" , "a" : 1 }""")]
    [InlineData("""{ "owned_by":"v" , "engine":"w" , "model":"m" }""", """{ "model":"m" }""")]
    [InlineData("""{"model":"m","owned_by":"v","engine":null,"inference_server":""}""", """{"model":"m"}""")]
    [InlineData("""{"a":{"owned_by":"kept"},"model":"m","engine":"v"}""", """{"a":{"owned_by":"kept"},"model":"m"}""")]
    [InlineData("""{"a":1.000,"b":"\u0041","a":2,"model":"m"}""", """{"a":1.000,"b":"\u0041","a":2,"model":"m"}""")]
    public void EngineMembers_AreCutWithOneComma_AndNothingElseIsTouched(string body, string expected)
    {
        Assert.Equal(expected, Peeked.AtOnce(body).SplicedText("m"));
    }

    [Theory]
    [InlineData("""{"model":"alias","a":1}""", """{"model":"org/real","a":1}""")]
    [InlineData("""{"owned_by":"v","model" : "alias" }""", """{"model" : "org/real" }""")]
    [InlineData("""{"model":null,"a":1}""", """{"model":"org/real","a":1}""")]
    [InlineData("""{"a":1}""", """{"model":"org/real","a":1}""")]
    [InlineData("""{}""", """{"model":"org/real"}""")]
    [InlineData("""{ "owned_by":"v" }""", """{"model":"org/real"  }""")]
    [InlineData("""{"owned_by":"v","a":1}""", """{"model":"org/real","a":1}""")]
    public void Model_IsReplacedOrInserted(string body, string expected)
    {
        Assert.Equal(expected, Peeked.AtOnce(body).SplicedText("org/real"));
    }

    [Fact]
    public void ModelWrittenWithEscapes_StaysAsItWasWritten_WhenItIsTheSameName()
    {
        Assert.Equal("""{"model":"m\u00fc"}""", Peeked.AtOnce("""{"model":"m\u00fc"}""").SplicedText("mü"));
    }

    [Fact]
    public void ModelThatNeedsEscapes_IsWrittenAsValidJson()
    {
        string spliced = Peeked.AtOnce("""{"model":"a"}""").SplicedText("q\"\\ü\n");

        Assert.Equal("q\"\\ü\n", System.Text.Json.JsonDocument.Parse(spliced).RootElement.GetProperty("model").GetString());
    }
}
