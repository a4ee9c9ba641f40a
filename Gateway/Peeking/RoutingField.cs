namespace Gateway.Peeking;

/// <summary>What the gateway looks for in a body. The engine's three names stand in their order of precedence.</summary>
internal enum RoutingField
{
    OwnedBy = 0,
    Engine = 1,
    InferenceServer = 2,
    Model = 3,
}

internal static class RoutingFields
{
    public const int Count = 4;

    public static string Name(RoutingField field) => field switch
    {
        RoutingField.OwnedBy => "owned_by",
        RoutingField.Engine => "engine",
        RoutingField.InferenceServer => "inference_server",
        _ => "model",
    };
}
