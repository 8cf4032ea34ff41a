using System.Collections.Concurrent;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// Keeps what is known of the texts in use. Two generations stand in for an order of use: a text that is asked for again moves into the young one, and when
/// that is full, it becomes the old one and what nobody asked for since is forgotten. Reading takes no lock.
/// </summary>
internal sealed class AnalysisCache(int capacity)
{
    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<string, AnalyzedText> _young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, AnalyzedText> _old = new(StringComparer.Ordinal);
    private int _count;

    public bool TryGet(string text, out AnalyzedText analysis)
    {
        if (_young.TryGetValue(text, out analysis!))
            return true;
        if (!_old.TryGetValue(text, out analysis!))
            return false;
        Add(text, analysis);
        return true;
    }

    public void Add(string text, AnalyzedText analysis)
    {
        if (_young.TryAdd(text, analysis) && Interlocked.Increment(ref _count) >= capacity / 2)
            Turn();
    }

    private void Turn()
    {
        lock (_turning)
        {
            if (_count < capacity / 2)
                return;
            _old = _young;
            _young = new ConcurrentDictionary<string, AnalyzedText>(StringComparer.Ordinal);
            _count = 0;
        }
    }
}
