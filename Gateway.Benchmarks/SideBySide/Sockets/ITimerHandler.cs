namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>Is called when a time of <see cref="EventLoop"/> has come. Times can't be taken back: one that no longer matters is ignored by its handler.</summary>
internal interface ITimerHandler
{
    /// <param name="due">When it should have been called; now or earlier.</param>
    void OnTimer(long due);
}
