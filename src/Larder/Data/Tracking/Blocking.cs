namespace Larder.Data.Tracking;

/// <summary>
/// Ends in a synchronous member of ADO.NET what shares its code with the asynchronous one. Told to run synchronously, that code has completed when it
/// returns, save for what has no synchronous form: reading the schema, and a log in another process.
/// </summary>
internal static class Blocking
{
    public static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();

    public static void Wait(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }
}
