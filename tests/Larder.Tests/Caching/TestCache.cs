using Larder.Caching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Caching;

/// <summary>A cache as a host gets it from AddLarder, with a clock that the test moves.</summary>
internal sealed class TestCache : IDisposable
{
    private readonly ServiceProvider _services;

    internal TestCache(Action<LarderCacheOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var collection = new ServiceCollection().AddSingleton<TimeProvider>(Time).AddLarder(configure);
        services?.Invoke(collection);
        _services = collection.BuildServiceProvider();
    }

    internal ManualTimeProvider Time { get; } = new();

    internal IServiceProvider Services => _services;

    internal LarderCache Cache => _services.GetRequiredService<LarderCache>();

    internal HybridCache Hybrid => _services.GetRequiredService<HybridCache>();

    internal static CachePolicy Minute { get; } = new("minute", TimeSpan.FromMinutes(1)) { Jitter = 0 };

    public void Dispose() => _services.Dispose();
}
