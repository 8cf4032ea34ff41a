using Larder.Freshness;

namespace Larder.Caching;

/// <summary>Where the value of one get-or-create comes from when it is not stored.</summary>
/// <param name="State">Handed to the load.</param>
/// <param name="Load">Makes the value.</param>
/// <param name="Codec">Reads and writes it.</param>
internal readonly record struct CacheSource<TState, T>(TState State, Func<TState, CancellationToken, ValueTask<T>> Load, CacheCodec<T> Codec)
{
    /// <summary>Makes the value, with the scope collecting what is read. The scope leaves the flow when this method returns.</summary>
    internal async ValueTask<T> RunAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        FreshnessFlow.Enter(scope);
        return await Load(State, cancellationToken);
    }
}
