namespace Larder.Tests.Caching;

/// <summary>A load that the test ends, that counts its runs and shows its cancellation.</summary>
internal sealed class HeldLoad<T>
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runs;

    internal int Runs => Volatile.Read(ref _runs);

    internal Task Started => _started.Task;

    internal CancellationToken Token { get; private set; }

    internal async ValueTask<T> RunAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        Token = cancellationToken;
        _started.TrySetResult();
        return await _result.Task.WaitAsync(cancellationToken);
    }

    internal void Succeed(T value) => _result.SetResult(value);

    internal void Fail(Exception exception) => _result.SetException(exception);
}
