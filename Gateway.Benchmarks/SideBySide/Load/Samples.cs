namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>Measured times in nanoseconds, all of them kept.</summary>
internal sealed class Samples
{
    private long[] _values = new long[64 * 1024];

    public int Count { get; private set; }

    public void Add(long value)
    {
        if (Count == _values.Length)
            Array.Resize(ref _values, _values.Length * 2);
        _values[Count++] = value;
    }

    public void Clear() => Count = 0;

    /// <param name="share">0.5 for the median.</param>
    /// <returns>Microseconds; not a number when there are no samples.</returns>
    public double Percentile(double share)
    {
        if (Count == 0)
            return double.NaN;
        Array.Sort(_values, 0, Count);
        return _values[Math.Min(Count - 1, (int)(Count * share))] / 1_000.0;
    }
}
