using System.Collections.Concurrent;
using Larder.Freshness;

namespace Larder.Memory;

/// <summary>The kinds of entries in use, each once. There are as many as there are types and policies, and they are thrown away when epochs have made them too many.</summary>
internal sealed class EntryKinds
{
    private const int MaxKinds = 4_096;

    private readonly ConcurrentDictionary<(Type Type, ulong Epoch, FreshnessKind Freshness, EntryRules Rules), EntryKind> _kinds = new();
    private int _count;

    internal EntryKind Get<T>(bool holdsInstance, ReadStamp stamp, EntryRules rules)
    {
        if (stamp.Statements.Length > 0)
        {
            return new EntryKind<T>(holdsInstance, stamp.Epoch, stamp.Kind, rules, stamp.Statements);
        }

        var key = (typeof(T), stamp.Epoch, stamp.Kind, rules);
        if (_kinds.TryGetValue(key, out var kind))
        {
            return kind;
        }

        if (Interlocked.Increment(ref _count) > MaxKinds)
        {
            // Entries keep the kinds that they have.
            _kinds.Clear();
            Volatile.Write(ref _count, 1);
        }

        return _kinds.GetOrAdd(key, new EntryKind<T>(holdsInstance, stamp.Epoch, stamp.Kind, rules));
    }
}
