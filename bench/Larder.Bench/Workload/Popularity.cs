namespace Larder.Bench.Workload;

/// <summary>Things in the order of their popularity: rank r is drawn with a probability in proportion to r^-0.9.</summary>
internal sealed class Popularity<T>
    where T : class
{
    private const double Exponent = 0.9;

    private readonly T[] _ranks;
    private readonly double[] _cumulated;

    /// <param name="ranks">The most popular first; at least one.</param>
    public Popularity(IEnumerable<T> ranks)
    {
        _ranks = [.. ranks];
        if (_ranks.Length == 0)
        {
            throw new ArgumentException($"There is no {typeof(T).Name} to draw.", nameof(ranks));
        }

        _cumulated = new double[_ranks.Length];
        var sum = 0.0;
        for (var i = 0; i < _cumulated.Length; i++)
        {
            sum += Math.Pow(i + 1, -Exponent);
            _cumulated[i] = sum;
        }
    }

    public IReadOnlyList<T> Ranks => _ranks;

    public T Draw(Random random) => _ranks[DrawRank(random)];

    /// <summary>Draws a rank and takes the first from there on that will do; null: none will.</summary>
    public T? Draw(Random random, Func<T, bool> willDo) => Find(random, willDo) is { } rank ? _ranks[rank] : null;

    /// <summary>Gives the newcomer the rank of one that is drawn among those that may go. False: none may.</summary>
    public bool TryReplace(Random random, Func<T, bool> mayGo, T newcomer)
    {
        if (Find(random, mayGo) is not { } rank)
        {
            return false;
        }

        _ranks[rank] = newcomer;
        return true;
    }

    private int? Find(Random random, Func<T, bool> willDo)
    {
        var drawn = DrawRank(random);
        for (var i = 0; i < _ranks.Length; i++)
        {
            var rank = (drawn + i) % _ranks.Length;
            if (willDo(_ranks[rank]))
            {
                return rank;
            }
        }

        return null;
    }

    private int DrawRank(Random random)
    {
        var found = Array.BinarySearch(_cumulated, random.NextDouble() * _cumulated[^1]);
        return Math.Min(found < 0 ? ~found : found, _ranks.Length - 1);
    }
}
