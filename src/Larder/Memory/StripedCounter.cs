using System.Runtime.CompilerServices;

namespace Larder.Memory;

/// <summary>
/// A sum that many threads add to: each thread has a place of its own, on a cache line of its own as long as there are no more threads than
/// places, so that adding costs what it costs a single thread. Exact.
/// </summary>
internal sealed class StripedCounter
{
    /// <summary>A power of two.</summary>
    internal const int StripeCount = 32;

    private const int LongsOfStripe = 16;

    // The first stripe is left free: the array's length stands before it and is read by everybody.
    private readonly long[] _counts = new long[(StripeCount + 1) * LongsOfStripe];

    internal static int StripeOfThread => Environment.CurrentManagedThreadId & (StripeCount - 1);

    internal long Sum
    {
        get
        {
            var sum = 0L;
            for (var stripe = 1; stripe <= StripeCount; stripe++)
            {
                sum += Interlocked.Read(ref _counts[stripe * LongsOfStripe]);
            }

            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Increment() => Interlocked.Increment(ref _counts[(StripeOfThread + 1) * LongsOfStripe]);
}
