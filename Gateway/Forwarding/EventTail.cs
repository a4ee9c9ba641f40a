namespace Gateway.Forwarding;

/// <summary>Remembers the last bytes of a stream of server-sent events: whether an event could begin right after them.</summary>
internal struct EventTail
{
    private const uint LfLf = 0x0A0A;
    private const uint CrCr = 0x0D0D;
    private const uint CrLfCrLf = 0x0D0A0D0A;

    private uint _last;
    private bool _hasBytes;

    /// <summary>True before the first byte, and after the empty line that ends an event (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
    public readonly bool EndsEvent => !_hasBytes || (_last & 0xFFFF) is LfLf or CrCr || _last == CrLfCrLf;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _hasBytes |= !bytes.IsEmpty;
        foreach (byte value in bytes.Length > sizeof(uint) ? bytes[^sizeof(uint)..] : bytes)
            _last = (_last << 8) | value;
    }
}
