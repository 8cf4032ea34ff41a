namespace Larder.Freshness;

/// <summary>Starts work that belongs to no caller: neither the scope nor the transaction nor the token of whoever started it may reach it.</summary>
internal static class DetachedWork
{
    internal static void Start(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = Task.Run(work);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(work);
        }
    }
}
