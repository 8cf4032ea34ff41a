using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Caching;

/// <summary>
/// The codec of each type: a serializer registered for the type, else the last registered factory that has one, else JSON. As many
/// are kept as the program has types that it caches.
/// </summary>
internal sealed class CacheCodecs(IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, object> _codecs = new();

    internal CacheCodec<T> Get<T>() =>
        _codecs.TryGetValue(typeof(T), out var codec)
            ? (CacheCodec<T>)codec
            : (CacheCodec<T>)_codecs.GetOrAdd(typeof(T), new CacheCodec<T>(FindSerializer<T>()));

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
}
