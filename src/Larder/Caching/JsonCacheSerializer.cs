using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Caching;

/// <summary>System.Text.Json with fields included: without them a value tuple would come back empty.</summary>
internal sealed class JsonCacheSerializer<T> : IHybridCacheSerializer<T>
{
    // Kept, because finding it by the options takes a lookup at each value.
    private JsonTypeInfo<T>? _type;

    // Not before it is needed: there are types that JSON does not know, under policies that store nothing.
    private JsonTypeInfo<T> Type => _type ??= (JsonTypeInfo<T>)JsonCacheOptions.Json.GetTypeInfo(typeof(T));

    public T Deserialize(ReadOnlySequence<byte> source)
    {
        // A reader of one span is quicker than one of a sequence.
        var reader = source.IsSingleSegment ? new Utf8JsonReader(source.FirstSpan) : new Utf8JsonReader(source);
        return JsonSerializer.Deserialize(ref reader, Type)!;
    }

    public void Serialize(T value, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target);
        JsonSerializer.Serialize(writer, value, Type);
    }
}

/// <summary>One for all types, so that what they have in common is looked at once.</summary>
internal static class JsonCacheOptions
{
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerOptions.Default) { IncludeFields = true };
}
