namespace Gateway.Forwarding;

/// <summary>The one reference through which new <see cref="ForwardingSettings"/> reach the requests.</summary>
internal sealed class ForwardingSettingsHolder(ForwardingSettings initial)
{
    private volatile ForwardingSettings _current = initial;

    public ForwardingSettings Current
    {
        get => _current;
        set => _current = value;
    }
}
