namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>What is wrong with the API server at the moment. Faults of open watches are on <see cref="FakeApiServer"/> itself.</summary>
internal sealed class FakeFaults
{
    private volatile bool _isAway;
    private volatile bool _saysGoneByStatus;
    private volatile Task _listsHeldUntil = Task.CompletedTask;
    private volatile Task _listBodiesHeldUntil = Task.CompletedTask;
    private volatile Func<FakeApiRequest, int?> _status = _ => null;

    /// <summary>Breaks every connection. Watches that are open are cut by <see cref="FakeApiServer.GoAway"/>.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Whether a watch from too old a version is refused by HTTP 410, instead of an ERROR event after HTTP 200.</summary>
    public bool SaysGoneByStatus
    {
        get => _saysGoneByStatus;
        set => _saysGoneByStatus = value;
    }

    /// <summary>Lists are not answered before this is completed.</summary>
    public Task ListsHeldUntil
    {
        get => _listsHeldUntil;
        set => _listsHeldUntil = value;
    }

    /// <summary>Of a list, no more than the head and the first byte is sent before this is completed.</summary>
    public Task ListBodiesHeldUntil
    {
        get => _listBodiesHeldUntil;
        set => _listBodiesHeldUntil = value;
    }

    /// <summary>A status to answer with instead of doing what is asked, or null.</summary>
    public Func<FakeApiRequest, int?> Status
    {
        get => _status;
        set => _status = value;
    }
}
