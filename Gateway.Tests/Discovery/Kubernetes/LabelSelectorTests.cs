using Gateway.Discovery.Kubernetes;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class LabelSelectorTests
{
    [Theory]
    [InlineData("a=1", "a=1", true)]
    [InlineData("a=1", "a=2", false)]
    [InlineData("a=1", "b=1", false)]
    [InlineData("a==1", "a=1", true)]
    [InlineData("a!=1", "a=2", true)]
    [InlineData("a!=1", "b=1", true)]
    [InlineData("a!=1", "a=1", false)]
    [InlineData("a in (1,2)", "a=2", true)]
    [InlineData("a in (1,2)", "a=3", false)]
    [InlineData("a in (1,2)", "b=1", false)]
    [InlineData("a notin (1,2)", "a=3", true)]
    [InlineData("a notin (1,2)", "b=1", true)]
    [InlineData("a notin (1,2)", "a=2", false)]
    [InlineData("a", "a=", true)]
    [InlineData("a", "b=1", false)]
    [InlineData("!a", "b=1", true)]
    [InlineData("!a", "a=1", false)]
    [InlineData("a=", "a=", true)]
    [InlineData("a=", "a=1", false)]
    [InlineData("a=1,b notin (2,3),!c", "a=1 b=4", true)]
    [InlineData("a=1,b notin (2,3),!c", "a=1 b=3", false)]
    [InlineData("a=1,b notin (2,3),!c", "a=1 c=1", false)]
    [InlineData("  llm-d.ai/role  in ( decode , both ) , x = y ", "llm-d.ai/role=both x=y", true)]
    [InlineData("in=notin", "in=notin", true)]
    [InlineData("a=1", "A=1", false)]
    public void Labels_AreMatchedAsKubectlDoes(string selector, string labels, bool matches) =>
        Assert.Equal(matches, LabelSelector.Parse(selector).Matches(Labels(labels)));

    [Theory]
    [InlineData("", "a requirement is empty; each is one of a=b, a!=b, a in (b,c), a notin (b,c), a, !a, joined by commas")]
    [InlineData("a=1,", "a requirement is empty")]
    [InlineData("a in 1", "'a in 1' is none of a=b,")]
    [InlineData("a in (1", "'a in (1' is none of")]
    [InlineData("a in (1))", "'a in (1))' is none of")]
    [InlineData("a>1", "'a>1' is no label key")]
    [InlineData("a=b=c", "'a=b=c' is none of")]
    [InlineData("=b", "'=b' is none of")]
    [InlineData("a/b/c=1", "'a/b/c' is no label key")]
    [InlineData("-a", "'-a' is no label key")]
    [InlineData("a=-1", "'-1' is no label value")]
    [InlineData("a in (x/y)", "'x/y' is no label value")]
    [InlineData("!a=1", "'!a=1' is none of")]
    public void WhatIsNoSelector_IsTold(string text, string problem)
    {
        Assert.False(LabelSelector.TryParse(text, out _, out string? told));
        Assert.StartsWith(problem, told, StringComparison.Ordinal);
        Assert.Equal(told, Assert.Throws<FormatException>(() => LabelSelector.Parse(text)).Message);
    }

    [Theory]
    [InlineData("role in (decode),team=x", "role=decode", true, false)]
    [InlineData("role in (decode),team=x", "role=decode team=y", false, true)]
    [InlineData("role in (decode),team=x", "role=prefill", false, true)]
    [InlineData("role in (decode)", "app=x", false, false)]
    [InlineData("!skip", "app=x", false, false)]
    [InlineData("!skip", "skip=x", false, true)]
    public void SomeLabels_CanMeetASelectorInPart_OrContradictIt(string selector, string labels, bool inPart, bool contradicts)
    {
        var parsed = LabelSelector.Parse(selector);

        Assert.Equal(inPart, parsed.IsMetInPartBy(Labels(labels)));
        Assert.Equal(contradicts, parsed.Contradicts(Labels(labels)));
    }

    private static Dictionary<string, string> Labels(string text) => text.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
