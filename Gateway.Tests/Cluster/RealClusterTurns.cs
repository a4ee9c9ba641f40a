namespace Gateway.Tests.Cluster;

/// <summary>All tests against a real API server share one, in turn.</summary>
[CollectionDefinition(nameof(RealCluster))]
public sealed class RealClusterTurns : ICollectionFixture<RealCluster>;
