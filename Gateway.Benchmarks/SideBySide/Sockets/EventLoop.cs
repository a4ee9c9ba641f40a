using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>Descriptors and timers, served one after the other on the calling thread.</summary>
/// <remarks>Descriptors are edge-triggered: registered once, told of changes only, so a handler reads until nothing is left.</remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    private const int Capacity = 256;
    private const SocketEvents Everything = SocketEvents.Readable | SocketEvents.Writable | SocketEvents.PeerClosed | SocketEvents.EdgeTriggered;

    // The kernel packs the structure on x64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly int _epoll = SocketCalls.Check(LibC.EpollCreate(LibC.SocketCloseOnExec));
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)EventSize);
    private readonly PriorityQueue<ITimerHandler, long> _timers = new();
    private Slot[] _slots = new Slot[1024];

    /// <summary>Where everything that is received is put first: one thread, one buffer, which stays in the cache.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateArray<byte>(256 * 1024, pinned: true);

    public void Add(int descriptor, IEventHandler handler)
    {
        if (descriptor >= _slots.Length)
            Array.Resize(ref _slots, Math.Max(descriptor + 1, _slots.Length * 2));
        ref Slot slot = ref _slots[descriptor];
        slot.Handler = handler;
        slot.Generation++;

        byte* registration = stackalloc byte[16];
        *(uint*)registration = (uint)Everything;
        *(ulong*)(registration + DataOffset) = ((ulong)slot.Generation << 32) | (uint)descriptor;
        SocketCalls.Check(LibC.EpollControl(_epoll, LibC.ControlAdd, descriptor, registration));
    }

    /// <summary>To be called before the descriptor is closed; events of it that are under way are dropped.</summary>
    public void Remove(int descriptor)
    {
        _slots[descriptor].Handler = null;
        _slots[descriptor].Generation++;
    }

    public void CallAt(long due, ITimerHandler handler) => _timers.Enqueue(handler, due);

    /// <summary>Serves what has happened; if nothing has, waits for it, but not beyond <paramref name="until"/>.</summary>
    public void RunOnce(long until)
    {
        long now = MonotonicClock.Now;
        long wake = _timers.TryPeek(out _, out long first) ? Math.Min(first, until) : until;
        long wait = Math.Max(0, wake - now);
        var timeout = new LibC.TimeSpecification { Seconds = wait / MonotonicClock.Second, Nanoseconds = wait % MonotonicClock.Second };
        int count = LibC.EpollWait(_epoll, _events, Capacity, &timeout, null);
        if (count < 0 && Marshal.GetLastPInvokeError() != LibC.ErrorInterrupted)
            throw SocketCalls.Failed();

        for (int i = 0; i < count; i++)
            Dispatch(_events + (i * EventSize));
        RunTimers();
    }

    public void RunUntil(long until, CancellationToken cancellationToken)
    {
        while (MonotonicClock.Now < until)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunOnce(Math.Min(until, MonotonicClock.Now + (100 * MonotonicClock.Millisecond)));
        }
    }

    public void Dispose()
    {
        LibC.Close(_epoll);
        NativeMemory.Free(_events);
    }

    private void Dispatch(byte* occurrence)
    {
        ulong data = *(ulong*)(occurrence + DataOffset);
        ref Slot slot = ref _slots[(int)(uint)data];
        if (slot.Generation == (uint)(data >> 32))
            slot.Handler?.OnEvents((SocketEvents)(*(uint*)occurrence));
    }

    private void RunTimers()
    {
        if (_timers.Count == 0)
            return;

        // Bounded by this moment: a handler that asks to be called at once waits for the sockets' turn.
        long now = MonotonicClock.Now;
        while (_timers.TryPeek(out _, out long due) && due <= now)
            _timers.Dequeue().OnTimer(due);
    }

    private struct Slot
    {
        public IEventHandler? Handler;
        public uint Generation;
    }
}
