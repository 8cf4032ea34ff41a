using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Views.Execution;

/// <summary>
/// A fragment as bytes, for a store outside of this process: the ticks of when it was read, UTC and little-endian, and its JSON. Fragments of a snapshot are not kept there, because the
/// numbers of snapshots mean something in this process only.
/// </summary>
internal sealed class SectionFragmentSerializer : IHybridCacheSerializer<SectionFragment>
{
    public void Serialize(SectionFragment value, IBufferWriter<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(sizeof(long)), value.GeneratedAt.UtcTicks);
        target.Advance(sizeof(long));
        target.Write(value.Json.Span);
    }

    /// <exception cref="FormatException">The bytes are too few for a fragment.</exception>
    public SectionFragment Deserialize(ReadOnlySequence<byte> source)
    {
        Span<byte> ticks = stackalloc byte[sizeof(long)];
        if (source.Length <= sizeof(long))
        {
            throw new FormatException("A fragment has a time and at least one character of JSON.");
        }

        source.Slice(0, sizeof(long)).CopyTo(ticks);
        return new(source.Slice(sizeof(long)).ToArray(), new(BinaryPrimitives.ReadInt64LittleEndian(ticks), TimeSpan.Zero), SnapshotId: 0);
    }
}
