namespace Gateway.Tests.Telemetry;

/// <summary>Who listens to spans listens in the whole process: these tests run one after another.</summary>
[CollectionDefinition(nameof(SpanListeners))]
public sealed class SpanListeners;
