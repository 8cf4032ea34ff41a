using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Caching;

/// <summary>System.Text.Json with fields included: without them a value tuple would come back empty.</summary>
internal sealed class JsonCacheSerializer<T> : IHybridCacheSerializer<T>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Default) { IncludeFields = true };

    public T Deserialize(ReadOnlySequence<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        return JsonSerializer.Deserialize<T>(ref reader, Json)!;
    }

    public void Serialize(T value, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(writer, value, Json);
    }
}
