namespace Larder.Views.Execution;

/// <summary>Loads that run together are given up together, when nobody waits for any of them.</summary>
internal sealed class SharedAbandonment : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<CancellationTokenRegistration> _registrations;
    private int _wanted;

    public SharedAbandonment(IReadOnlyList<SectionLoad> loads)
    {
        _wanted = loads.Count;
        _registrations = new List<CancellationTokenRegistration>(loads.Count);
        foreach (var load in loads)
        {
            _registrations.Add(load.Abandoned.Register(static state => ((SharedAbandonment)state!).OneLess(), this));
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OneLess()
    {
        if (Interlocked.Decrement(ref _wanted) == 0)
        {
            _source.Cancel();
        }
    }
}
