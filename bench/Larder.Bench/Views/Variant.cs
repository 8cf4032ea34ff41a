namespace Larder.Bench.Views;

/// <summary>One way of reading the view.</summary>
/// <param name="Letter">Its name in <c>--only</c>; over HTTP a capital.</param>
/// <param name="Calls">How many requests a client makes for it; in process none, the data access alone is measured.</param>
/// <param name="RunAsync">Reads the view of a product and returns the bytes that a client would get, 0 where there are none.</param>
internal sealed record Variant(string Letter, string Name, int Calls, Func<long, ValueTask<int>> RunAsync)
{
    public bool IsHttp => Calls > 0;

    /// <summary>Whether every product is read once before it is measured.</summary>
    public bool IsCached { get; init; }
}
