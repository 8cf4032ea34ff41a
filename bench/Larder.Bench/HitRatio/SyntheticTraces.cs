namespace Larder.Bench.HitRatio;

/// <summary>Families of requests with one property each, made from fixed seeds.</summary>
internal static class SyntheticTraces
{
    private const int Population = 20_000;

    /// <summary>1 to n, over and over.</summary>
    public static RequestTrace Loop(int length, int requests = 200_000) => Make($"loop of {length:N0}", requests, (i, _) => (uint)(i % length));

    /// <summary>Popularity that lasts.</summary>
    public static RequestTrace Zipf(double exponent, int requests = 400_000)
    {
        var zipf = new ZipfRanks(Population, exponent);
        return Make($"zipf {exponent:0.0}", requests, (_, random) => zipf.Next(random));
    }

    /// <summary>Popularity that is dealt anew every so many requests.</summary>
    public static RequestTrace Jumps(int every = 40_000, int requests = 600_000)
    {
        var zipf = new ZipfRanks(Population, 1.0);
        return Make($"zipf 1.0, new every {every:N0}", requests, (i, random) => (zipf.Next(random) * 31) + ((uint)(i / every) * 1_000_003));
    }

    /// <summary>Popularity that moves on a little all the time.</summary>
    public static RequestTrace Drift(int requests = 600_000)
    {
        var zipf = new ZipfRanks(Population, 0.9);
        return Make("zipf 0.9, drifting", requests, (i, random) => zipf.Next(random) + (uint)(i / 200));
    }

    /// <summary>Lasting popularity, and now and then a long row of keys that never come again.</summary>
    public static RequestTrace Scans(int requests = 600_000)
    {
        var zipf = new ZipfRanks(Population, 0.9);
        return Make("zipf 0.9 with scans", requests, (i, random) => i % 25_000 < 20_000 ? zipf.Next(random) : (1u << 24) + (uint)i);
    }

    /// <summary>Half of the keys come only once.</summary>
    public static RequestTrace OneTimers(int requests = 600_000)
    {
        var zipf = new ZipfRanks(Population, 0.9);
        return Make("zipf 0.9, half seen once", requests, (i, random) => random.Next(2) == 0 ? zipf.Next(random) : (1u << 24) + (uint)i);
    }

    /// <summary>A loop among requests of lasting popularity.</summary>
    public static RequestTrace LoopInZipf(int requests = 600_000)
    {
        var zipf = new ZipfRanks(5_000, 0.9);
        var at = 0u;
        return Make("zipf 0.9 and a loop of 1,500", requests, (_, random) => random.Next(2) == 0 ? zipf.Next(random) : (1u << 24) + (at++ % 1_500));
    }

    /// <summary>What is new is asked for a few times, and soon never again.</summary>
    public static RequestTrace News(int requests = 600_000)
    {
        var made = 0u;
        return Make("new ones soon forgotten", requests, (_, random) =>
        {
            if (made == 0 || random.NextDouble() < 0.2)
            {
                return made++;
            }

            var age = (uint)Math.Min(-Math.Log(1 - random.NextDouble()) * 300, made - 1);
            return made - 1 - age;
        });
    }

    /// <summary>Popularity, news and a loop by turns.</summary>
    public static RequestTrace Phases(int requests = 900_000)
    {
        var zipf = new ZipfRanks(Population, 0.9);
        var made = 0u;
        return Make("phases of three kinds", requests, (i, random) => (i / 100_000 % 3) switch
        {
            0 => zipf.Next(random),
            1 => random.NextDouble() < 0.2 ? (1u << 24) + made++ : (1u << 24) + (uint)Math.Max(0, made - 1 + (Math.Log(1 - random.NextDouble()) * 200)),
            _ => (1u << 28) + (uint)(i % 1_500),
        });
    }

    /// <summary>There and back again.</summary>
    public static RequestTrace PingPong(int length = 700, int requests = 400_000) =>
        Make($"there and back over {length:N0}", requests, (i, _) => (uint)(i % (2 * length) < length ? i % length : length - 1 - (i % length)));

    private static RequestTrace Make(string name, int requests, Func<int, Random, uint> next)
    {
        var random = new Random(20_261_127);
        var keys = new uint[requests];
        for (var i = 0; i < requests; i++)
        {
            keys[i] = next(i, random);
        }

        return RequestTrace.Of(name, keys);
    }

    /// <summary>Ranks whose probability falls with a power of the rank.</summary>
    private sealed class ZipfRanks
    {
        private readonly double[] _sums;

        public ZipfRanks(int population, double exponent)
        {
            _sums = new double[population];
            var sum = 0.0;
            for (var rank = 0; rank < population; rank++)
            {
                sum += Math.Pow(rank + 1, -exponent);
                _sums[rank] = sum;
            }
        }

        public uint Next(Random random)
        {
            var found = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
            return (uint)Math.Min(found < 0 ? ~found : found, _sums.Length - 1);
        }
    }
}
