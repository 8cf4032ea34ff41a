using Larder.Freshness;

namespace Larder.Caching;

/// <summary>Removals by key and by pattern. Each is an invalidation of the keys' own tags, so that it reaches what was composed of them, other nodes and the second level.</summary>
internal sealed class CacheRemovals(CacheEngine engine, InvalidationPublisher publisher)
{
    private const int KeysOfARecord = 1024;

    // With the keys of one search, a million.
    private const int MaxSearches = 100;

    internal bool Remove(string key)
    {
        var wasThere = engine.Store.TryGet(key, out var entry) && engine.IsFresh(entry, engine.Node.Now);
        Publish(new WriteSet(HandTags.Key(key)) { IsHard = true, Cause = InvalidationCause.Key });
        engine.Remote?.Forget(key);
        return engine.Store.Remove(key) && wasThere;
    }

    internal int Remove(CachePattern pattern)
    {
        var now = engine.Node.Now;
        var count = engine.Store.CountWhere(pattern, (pattern, entry) => pattern.Matches(entry.Key) && engine.IsFresh(entry, now));
        if (pattern.Text == "*")
        {
            Publish(WriteSet.Everything with { IsHard = true, Cause = InvalidationCause.Pattern });
        }
        else
        {
            // The loads first: one that ends meanwhile is then found in the store.
            Publish(engine.Loads.Keys(pattern).Concat(engine.Store.Keys(pattern.Matches)).Distinct());
        }

        engine.Store.RemoveWhere(pattern, static (pattern, entry) => pattern.Matches(entry.Key));
        return count;
    }

    internal async ValueTask<PatternRemoval> RemoveAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        long count = Remove(pattern);
        if (engine.Remote is not { } remote || pattern.Text == "*")
        {
            // A record of everything is past whatever is there.
            return new(count, IsComplete: true);
        }

        for (var search = 0; search < MaxSearches; search++)
        {
            var found = await remote.FindKeysAsync(pattern, cancellationToken);
            Publish(found.Keys);
            foreach (var some in found.Keys.Chunk(KeysOfARecord))
            {
                await remote.RemoveAsync(some, cancellationToken);
            }

            count += found.Keys.Count;
            if (found.IsComplete || found.Keys.Count == 0)
            {
                return new(count, found.IsComplete);
            }
        }

        return new(count, IsComplete: false);
    }

    /// <summary>
    /// Publishes from a method that cannot wait. A log in this process is done when this returns; another one leaves the tags bypassed here until it
    /// is done.
    /// </summary>
    internal WriteToken Publish(WriteSet writes)
    {
        AmbientTransaction.TryDefer(writes, again => _ = publisher.PublishAsync(again).AsTask());
        var published = publisher.PublishAsync(writes);
        if (published.IsCompletedSuccessfully)
        {
            return published.GetAwaiter().GetResult();
        }

        publisher.BypassWhile(published.AsTask(), writes with { });
        return WriteToken.Poison;
    }

    internal static WriteSet WritesOf(IReadOnlyCollection<string> tags, bool isHard) => tags.Contains("*")
        ? WriteSet.Everything with { IsHard = isHard }
        : new WriteSet([.. tags.Select(tag => HandTags.Word(tag))]) { IsHard = isHard };

    private void Publish(IEnumerable<string> keys)
    {
        foreach (var record in keys.Chunk(KeysOfARecord))
        {
            Publish(new WriteSet([.. record.Select(key => HandTags.Key(key))]) { IsHard = true, Cause = InvalidationCause.Pattern });
        }
    }
}
