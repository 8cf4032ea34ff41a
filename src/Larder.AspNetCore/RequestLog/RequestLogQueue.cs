using System.Numerics;
using System.Runtime.InteropServices;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// A bounded queue of many writers and one reader, in an array of slots: neither locks nor allocates, and refuses what comes when it is
/// full. After Dmitry Vyukov, "Bounded MPMC queue" (1024cores.net, 2010): a slot's turn says whose it is. Turn = position: free for the
/// writer that claims this position; position + 1: filled; position + capacity: read, and free for the next round.
/// </summary>
internal sealed class RequestLogQueue
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private Cursor _claimed;
    private long _read;

    public RequestLogQueue(int capacity)
    {
        Capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        _mask = Capacity - 1;
        _slots = new Slot[Capacity];
        for (var i = 0; i < _slots.Length; i++)
        {
            _slots[i].Turn = i;
        }
    }

    public int Capacity { get; }

    /// <summary>Copies the record into a slot. False: all are taken.</summary>
    public bool TryEnqueue(in RequestLogRecord record)
    {
        while (true)
        {
            var position = Volatile.Read(ref _claimed.Position);
            ref var slot = ref _slots[position & _mask];
            var ahead = Volatile.Read(ref slot.Turn) - position;
            if (ahead == 0)
            {
                if (Interlocked.CompareExchange(ref _claimed.Position, position + 1, position) == position)
                {
                    slot.Record = record;

                    // A full fence: the caller looks next whether the reader sleeps, and must not have looked before this.
                    Interlocked.Exchange(ref slot.Turn, position + 1);
                    return true;
                }
            }
            else if (ahead < 0)
            {
                return false;
            }
        }
    }

    /// <summary>Whether a record is ready. For the reader only, as are the other two.</summary>
    public bool HasNext => Volatile.Read(ref _slots[_read & _mask].Turn) == _read + 1;

    public ref readonly RequestLogRecord Next => ref _slots[_read & _mask].Record;

    public void Release()
    {
        ref var slot = ref _slots[_read & _mask];

        // What a request left behind must not live as long as the queue.
        slot.Record = default;
        Volatile.Write(ref slot.Turn, _read + Capacity);
        _read++;
    }

    private struct Slot
    {
        public long Turn;
        public RequestLogRecord Record;
    }

    // On a cache line of its own: every request writes it, and the reader's position is next to it otherwise.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Cursor
    {
        [FieldOffset(64)]
        public long Position;
    }
}
