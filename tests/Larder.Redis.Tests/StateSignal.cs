using Larder.Tests;

namespace Larder.Redis.Tests;

/// <summary>Waits for a state by being told of every change.</summary>
internal sealed class StateSignal
{
    private TaskCompletionSource _changed = NewChange();

    public void Changed() => Interlocked.Exchange(ref _changed, NewChange()).TrySetResult();

    public async Task UntilAsync(Func<bool> isSo)
    {
        while (true)
        {
            var change = Volatile.Read(ref _changed).Task;
            if (isSo())
            {
                return;
            }

            await change.Soon();
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
