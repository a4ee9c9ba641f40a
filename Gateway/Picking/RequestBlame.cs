namespace Gateway.Picking;

/// <summary>
/// Sees to it that one request counts against one endpoint at most, so that a prompt that kills engines does not eject them all.
/// Belongs to one request at a time: whoever keeps it from request to request resets it in between.
/// </summary>
internal sealed class RequestBlame
{
    private bool _isSpent;

    public void Reset() => _isSpent = false;

    /// <returns>False when the request has counted before.</returns>
    public bool TrySpend() => !_isSpent && (_isSpent = true);
}
