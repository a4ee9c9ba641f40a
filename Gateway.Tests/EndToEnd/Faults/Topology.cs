namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>What there is besides the endpoint A, which is asked first and has the fault.</summary>
public enum Topology
{
    /// <summary>Nothing.</summary>
    OneEndpoint,

    /// <summary>Endpoint B of the same engine, which serves.</summary>
    SecondIsWell,

    /// <summary>Endpoint B of the same engine, with the same fault.</summary>
    SecondFailsAlike,

    /// <summary>Endpoint B of the next engine of the model, which serves.</summary>
    OtherEngineIsWell,

    /// <summary>Endpoint B of the next engine of the model, with the same fault.</summary>
    OtherEngineFailsAlike,

    /// <summary>Endpoint B of the next engine of the model, but the client has named the engine of A.</summary>
    EngineIsNamed,
}
