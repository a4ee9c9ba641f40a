namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>A ServiceAccount with its token and what its roles allow.</summary>
internal sealed record FakeAccount(string Token, string User, params FakeRule[] Rules);
