namespace Larder.Tests;

/// <summary>Bounds every wait of a test in real time, so that what hangs fails instead.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);

    /// <summary>Asks again until it is so. The asking itself is the wait: it is a query, or yields.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < Limit, "it did not become so in time");
            await Task.Yield();
        }
    }
}
