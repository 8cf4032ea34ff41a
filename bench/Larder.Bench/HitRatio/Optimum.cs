namespace Larder.Bench.HitRatio;

/// <summary>Belády's optimum (IBM Systems Journal 1966): what goes is what is asked for again last. It knows the future, so it is no policy but a bound.</summary>
internal static class Optimum
{
    /// <summary>The hits of the whole trace.</summary>
    public static long CountHits(int[] trace, int keys, int capacity)
    {
        var nextUses = NextUses(trace, keys);

        // The next use of each held key; a key's older marks in the heap are out of date and skipped.
        var held = new int[keys];
        Array.Fill(held, -1);
        var furthest = new PriorityQueue<int, int>();
        var (hits, count) = (0L, 0);
        for (var i = 0; i < trace.Length; i++)
        {
            var key = trace[i];
            if (held[key] >= 0)
            {
                hits++;
            }
            else if (count == capacity)
            {
                Evict(furthest, held);
            }
            else
            {
                count++;
            }

            held[key] = nextUses[i];
            furthest.Enqueue(key, -nextUses[i]);
        }

        return hits;
    }

    private static int[] NextUses(int[] trace, int keys)
    {
        var next = new int[trace.Length];
        var seen = new int[keys];
        Array.Fill(seen, int.MaxValue);
        for (var i = trace.Length - 1; i >= 0; i--)
        {
            next[i] = seen[trace[i]];
            seen[trace[i]] = i;
        }

        return next;
    }

    private static void Evict(PriorityQueue<int, int> furthest, int[] held)
    {
        while (furthest.TryDequeue(out var key, out var negated))
        {
            if (held[key] == -negated)
            {
                held[key] = -1;
                return;
            }
        }
    }
}
