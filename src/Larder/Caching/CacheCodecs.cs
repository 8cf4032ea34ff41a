using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Caching;

/// <summary>
/// The codec of each type: a serializer registered for the type, else the last registered factory that has one, else JSON. As many
/// are kept as the program has types that it caches.
/// </summary>
internal sealed class CacheCodecs(IServiceProvider services)
{
    private readonly Lock _creating = new();

    // By the number that each type has in this process, because a hit cannot afford a lookup in a dictionary.
    private object?[] _codecs = new object?[16];

    internal CacheCodec<T> Get<T>()
    {
        var codecs = Volatile.Read(ref _codecs);
        return CodecNumber<T>.Value < codecs.Length && codecs[CodecNumber<T>.Value] is { } codec ? Unsafe.As<CacheCodec<T>>(codec) : Create<T>();
    }

    private CacheCodec<T> Create<T>()
    {
        // Outside of the lock: a service's constructor may ask for a codec itself.
        var codec = new CacheCodec<T>(FindSerializer<T>());
        lock (_creating)
        {
            var number = CodecNumber<T>.Value;
            if (number < _codecs.Length && _codecs[number] is CacheCodec<T> other)
            {
                return other;
            }

            // Always a new array: readers have the old one.
            var codecs = new object?[Math.Max(_codecs.Length, number + 1)];
            _codecs.CopyTo(codecs, 0);
            codecs[number] = codec;
            Volatile.Write(ref _codecs, codecs);
            return codec;
        }
    }

    private IHybridCacheSerializer<T> FindSerializer<T>()
    {
        if (services.GetService<IHybridCacheSerializer<T>>() is { } registered)
        {
            return registered;
        }

        foreach (var factory in services.GetServices<IHybridCacheSerializerFactory>().Reverse())
        {
            if (factory.TryCreateSerializer<T>(out var made))
            {
                return made;
            }
        }

        return typeof(T) == typeof(byte[])
            ? (IHybridCacheSerializer<T>)(object)new BytesCacheSerializer()
            : new JsonCacheSerializer<T>();
    }

    private static class CodecNumber
    {
        private static int Last = -1;

        internal static int Next() => Interlocked.Increment(ref Last);
    }

    private static class CodecNumber<T>
    {
        internal static readonly int Value = CodecNumber.Next();
    }
}
