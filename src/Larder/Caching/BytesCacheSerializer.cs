using System.Buffers;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Caching;

/// <summary>Byte arrays as they are; JSON would make base64 of them.</summary>
internal sealed class BytesCacheSerializer : IHybridCacheSerializer<byte[]>
{
    public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

    public void Serialize(byte[] value, IBufferWriter<byte> target) => target.Write(value);
}
