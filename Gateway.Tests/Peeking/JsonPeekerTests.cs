using System.Text;
using Gateway.Peeking;

namespace Gateway.Tests.Peeking;

public sealed class JsonPeekerTests
{
    [Theory]
    [InlineData("""{"model":"m"}""", "m", null, false)]
    [InlineData("""{"model":"m","owned_by":"vllm","stream":true}""", "m", "vllm", true)]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}],"stream":false,"model":"m"}""", "m", null, false)]
    [InlineData(" \r\n\t{ \"model\" : \"m\" , \"owned_by\" : \"v\" } \n", "m", "v", false)]
    [InlineData("""{"mo\u0064el":"\u006d","\u006fwned_by":"v\"\\"}""", "m", "v\"\\", false)]
    [InlineData("""{"metadata":{"model":"no","owned_by":"no","stream":true},"model":"m"}""", "m", null, false)]
    [InlineData("""{"a":[{"model":"no"},["model","no"]],"model":"m"}""", "m", null, false)]
    [InlineData("""{"a":"\"model\":\"no\"","model":"m"}""", "m", null, false)]
    [InlineData("""{"a":"\\","model":"m","b":"\\\""}""", "m", null, false)]
    [InlineData("""{"Model":"no","MODEL":"no","model":"m"}""", "m", null, false)]
    [InlineData("""{"model":null,"owned_by":null}""", null, null, false)]
    [InlineData("""{"model":"","owned_by":""}""", null, null, false)]
    [InlineData("""{}""", null, null, false)]
    [InlineData("""{"model":"müller/モデル-😀"}""", "müller/モデル-😀", null, false)]
    [InlineData("""{"temperature":NaN,"top_p":-Infinity,"x":1e999,"model":"m"}""", "m", null, false)]
    [InlineData("""{"stream":true,"stream":false,"model":"m"}""", "m", null, false)]
    [InlineData("""{"stream":"true","model":"m"}""", "m", null, false)]
    [InlineData("""{"stream":{"true":true},"model":"m"}""", "m", null, false)]
    [InlineData("""{"\ud800":1,"model":"m"}""", "m", null, false)]
    public void Body_SaysWhatItAsksFor(string body, string? model, string? ownedBy, bool stream)
    {
        Peeked peeked = Peeked.AtOnce(body);

        Assert.Equal(PeekFailure.None, peeked.Peek.Failure);
        Assert.Equal(model, peeked.Text(RoutingField.Model));
        Assert.Equal(ownedBy, peeked.Text(RoutingField.OwnedBy));
        Assert.Equal(stream, peeked.Peek.Stream);
    }

    [Fact]
    public void AllThreeEngineNames_AreSeen()
    {
        Peeked peeked = Peeked.AtOnce("""{"inference_server":"c","engine":"b","owned_by":"a","model":"m"}""");

        Assert.Equal(("a", "b", "c"), (peeked.Text(RoutingField.OwnedBy), peeked.Text(RoutingField.Engine), peeked.Text(RoutingField.InferenceServer)));
    }

    [Fact]
    public void ByteOrderMark_IsPassedOver_AndCountedInOffsets()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. """{"model":"m","owned_by":"v","a":1}"""u8];

        Peeked peeked = Peeked.InPieces(body, 1, 2, 3, 4);

        Assert.Equal("m", peeked.Text(RoutingField.Model));
        Assert.Equal([0xEF, 0xBB, 0xBF, .. """{"model":"m","a":1}"""u8], peeked.Spliced("m"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[]")]
    [InlineData("""[{"model":"m"}]""")]
    [InlineData("\"model\"")]
    [InlineData("null")]
    [InlineData("42")]
    [InlineData("model=m")]
    [InlineData("""{"model":"m" """)]
    [InlineData("""{"model":"m","a":"unclosed}""")]
    [InlineData("""{"model":"m","a":[1,2}""")]
    [InlineData("""{"model":"m","a":[}}""")]
    [InlineData("""{"model":"m","a":{"b":[1,2]]}""")]
    [InlineData("""{"model":"m","a":}""")]
    [InlineData("""{"model":"m","a"}""")]
    [InlineData("""{"model":"m",}""")]
    [InlineData("""{"model":"m" "a":1}""")]
    [InlineData("""{"model":"m","a":1 2}""")]
    [InlineData("""{"model":"m"} x""")]
    [InlineData("""{"model":"m"}{"model":"n"}""")]
    [InlineData("""{"model":"m"}]""")]
    [InlineData("""{model:"m"}""")]
    [InlineData("""{'model':'m'}""")]
    [InlineData("""{"model":"m",/*c*/"a":1}""")]
    [InlineData("""{"model":tru}""")]
    [InlineData("{\"model\":\"m\"}\0")]
    public void WhatIsNotOneJsonObject_IsRefused(string body)
    {
        Assert.Equal(PeekFailure.InvalidJson, Peeked.AtOnce(body).Peek.Failure);
    }

    [Fact]
    public void MalformedTopLevel_IsToldWithItsPlace() =>
        Assert.Contains("near byte 11", Peeked.AtOnce("""{"model" : rubbish}""").Peek.FailureMessage, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""", "model")]
    [InlineData("""{"model":"a","x":1,"mod\u0065l":"a"}""", "model")]
    [InlineData("""{"model":null,"model":"a"}""", "model")]
    [InlineData("""{"owned_by":"a","model":"m","owned_by":"a"}""", "owned_by")]
    [InlineData("""{"engine":"a","engine":null,"model":"m"}""", "engine")]
    public void RoutingMemberTwice_IsRefused(string body, string field)
    {
        Peeked peeked = Peeked.AtOnce(body);

        Assert.Equal(PeekFailure.DuplicateField, peeked.Peek.Failure);
        Assert.Equal(field, RoutingFields.Name(peeked.Peek.FailedField!.Value));
    }

    [Theory]
    [InlineData("""{"model":1}""", "model")]
    [InlineData("""{"model":["m"]}""", "model")]
    [InlineData("""{"model":{"name":"m"}}""", "model")]
    [InlineData("""{"model":true}""", "model")]
    [InlineData("""{"model":"m","owned_by":false}""", "owned_by")]
    [InlineData("""{"model":"m","inference_server":0}""", "inference_server")]
    [InlineData("""{"model":"\ud800"}""", "model")]
    public void RoutingMemberThatIsNoText_IsRefused(string body, string field)
    {
        Peeked peeked = Peeked.AtOnce(body);

        Assert.Equal(PeekFailure.InvalidType, peeked.Peek.Failure);
        Assert.Equal(field, RoutingFields.Name(peeked.Peek.FailedField!.Value));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Depth_IsBounded(int depth, bool isAllowed)
    {
        string nested = new string('[', depth - 1) + new string(']', depth - 1);

        PeekFailure expected = isAllowed ? PeekFailure.None : PeekFailure.InvalidJson;
        Assert.Equal(expected, Peeked.AtOnce($$"""{"model":"m","a":{{nested}}}""").Peek.Failure);
    }

    [Fact]
    public void NameThatIsTooLongForAnyRoute_IsNotTakenForAnother()
    {
        string name = new('m', PeekedText.MaxLength + 1);

        Peeked peeked = Peeked.AtOnce($$"""{"model":"{{name}}"}""");

        Assert.Equal(PeekFailure.None, peeked.Peek.Failure);
        Assert.False(name.StartsWith(peeked.Text(RoutingField.Model)!, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryWayToCutABody_GivesTheSame()
    {
        byte[] body = Encoding.UTF8.GetBytes(
            """{ "messages":[{"content":"a \"quoted\\\" }] text"}], "owned_by":"v", "n":-1.5e3 ,"mod\u0065l":"m\u00fc", "stream":true, "engine":null }""");

        for (int first = 0; first <= body.Length; first++)
        {
            for (int second = first; second <= body.Length; second += 7)
            {
                Peeked peeked = Peeked.InPieces(body, first, second);
                Assert.Equal(PeekFailure.None, peeked.Peek.Failure);
                Assert.Equal("mü", peeked.Text(RoutingField.Model));
                Assert.Equal("v", peeked.Text(RoutingField.OwnedBy));
                Assert.True(peeked.Peek.Stream);
                Assert.Equal(
                    """{ "messages":[{"content":"a \"quoted\\\" }] text"}], "n":-1.5e3 ,"mod\u0065l":"m\u00fc", "stream":true }""",
                    peeked.SplicedText("mü"));
            }
        }
    }

    [Fact]
    public void SettledTo_NeverReachesAMemberThatMayStillBeCut_NorTheEnd()
    {
        byte[] body = """{"model":"m","text":"0123456789","owned_by":"vllm","z":1}"""u8.ToArray();
        var peek = new BodyPeek();
        var peeker = new JsonPeeker(peek);
        peeker.Reset();
        int cutStart = """{"model":"m","text":"0123456789" """.Length - 1;
        int cutEnd = """{"model":"m","text":"0123456789","owned_by":"vllm" """.Length - 1;

        for (int arrived = 1; arrived <= body.Length; arrived++)
        {
            peeker.Read(SegmentedBytes.Cut(body).Slice(peeker.Position, arrived - peeker.Position), isFinal: false);
            Assert.True(peeker.SettledTo <= arrived);
            Assert.True(peeker.SettledTo <= cutStart || peek.Cuts.Length == 1, $"at {arrived}");
            Assert.True(peeker.SettledTo < body.Length, "the closing brace is held back");
        }

        Assert.Equal(new ByteRange(cutStart, cutEnd), peek.Cuts[0]);
        peeker.Read(SegmentedBytes.Cut(body).Slice(peeker.Position), isFinal: true);
        Assert.Equal(body.Length, peeker.SettledTo);
        Assert.True(peeker.IsDone);
    }
}
