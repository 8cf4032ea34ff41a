using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Larder.Redis.Resp;

/// <summary>Where in a frame's nesting a reader stands, so that another reader can go on where the bytes ended.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RespReaderState
{
    private Levels _missing;
    private uint _attributes;

    /// <summary>How many aggregates are open.</summary>
    public int Depth { get; private set; }

    /// <summary>Opens an aggregate of so many elements, at least one.</summary>
    public void Open(int elements, bool isAttribute)
    {
        if (Depth == RespLimits.MaxDepth)
        {
            throw new RespProtocolException($"The answer is nested deeper than {RespLimits.MaxDepth} levels.");
        }

        _missing[Depth] = elements;
        _attributes = isAttribute ? _attributes | (1u << Depth) : _attributes & ~(1u << Depth);
        Depth++;
    }

    /// <summary>Counts one complete value, and with it the aggregates that it completes. True: the frame is complete.</summary>
    public bool Complete()
    {
        while (Depth > 0)
        {
            if (--_missing[Depth - 1] > 0)
            {
                return false;
            }

            Depth--;
            if ((_attributes & (1u << Depth)) != 0)
            {
                // An attribute is no element of its own: the value it belongs to follows.
                return false;
            }
        }

        return true;
    }

    [InlineArray(RespLimits.MaxDepth)]
    private struct Levels
    {
        private int _first;
    }
}
