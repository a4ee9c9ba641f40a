using Gateway.Discovery;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Discovery;

public sealed class ModelMemoryTests
{
    private static readonly HashSet<string> Present = ["workload ns/d"];

    private readonly ModelMemory _memory = new();

    [Fact]
    public void WhatAWorkloadServed_IsKnown_WhileItIsThere()
    {
        Assert.Equal(["m on vllm, served"], Complete(Present, Served("m", "vllm")));
        Assert.Equal(["m on vllm"], Complete(Present));
        Assert.Equal(["m on vllm"], Complete(Present));
        Assert.Empty(Complete([]));
        Assert.Empty(Complete(Present));
    }

    [Fact]
    public void WhatItServesNow_TakesThePlaceOfWhatItServed()
    {
        Complete(Present, Served("old", "vllm"));

        Assert.Equal(["new on vllm, served"], Complete(Present, Served("new", "vllm")));
        Assert.Equal(["new on vllm"], Complete(Present));
    }

    [Fact]
    public void AGuess_TakesNothingsPlace()
    {
        Complete(Present, Served("m", "sglang"));
        ServedModel guess = Served("m", "vllm") with { Endpoint = null, IsGuess = true };

        Assert.Equal(["m on vllm", "m on sglang"], Complete(Present, guess));
        Assert.Equal(["m on sglang"], Complete(Present));
    }

    [Fact]
    public void WithoutAWorkload_NothingIsKept()
    {
        ServedModel configured = new(Live(1), "m", "vllm", Card: null);

        Assert.Equal(["m on vllm, served"], Complete([], configured));
        Assert.Empty(Complete(Present));
    }

    private static ServedModel Served(string model, string ownedBy) => new(Live(1), model, ownedBy, Card: null)
    {
        Found = new FoundEndpoint { Address = Address(1), Origin = new EndpointOrigin("pod", "ns", "p"), Workloads = ["workload ns/d"] },
    };

    private string[] Complete(HashSet<string> present, params ServedModel[] served) =>
        [.. _memory.Complete(served, present).Select(one => $"{one.Model} on {one.OwnedBy}{(one.Endpoint is null ? "" : ", served")}")];
}
