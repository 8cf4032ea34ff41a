using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Larder.Memory;

/// <summary>
/// A sum that many threads add to, exact. Threads are spread over stripes, each on cache lines of its own, and the first thread of a stripe owns it: only that one
/// writes its count, so that it needs no locked instruction, which would keep the processor from beginning what comes after. The other threads of a stripe
/// share a second count.
/// </summary>
/// <remarks>The runtime gives the number of a thread that has ended to another one, which then owns the stripe and sees what was counted there.</remarks>
internal sealed class StripedCounter
{
    /// <summary>A power of two.</summary>
    internal const int StripeCount = 32;

    // The first stripe is left free: the array's length stands before it and is read by everybody.
    private readonly Stripe[] _stripes = new Stripe[StripeCount + 1];

    internal static int StripeOfThread => Environment.CurrentManagedThreadId & (StripeCount - 1);

    internal long Sum
    {
        get
        {
            var sum = 0L;
            foreach (ref var stripe in _stripes.AsSpan())
            {
                sum += Volatile.Read(ref stripe.OfOwner) + Volatile.Read(ref stripe.OfOthers);
            }

            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Increment()
    {
        var thread = Environment.CurrentManagedThreadId;
        ref var stripe = ref _stripes[(thread & (StripeCount - 1)) + 1];
        if (stripe.Owner == thread)
        {
            Volatile.Write(ref stripe.OfOwner, stripe.OfOwner + 1);
        }
        else
        {
            IncrementUnowned(ref stripe, thread);
        }
    }

    private static void IncrementUnowned(ref Stripe stripe, int thread)
    {
        if (Interlocked.CompareExchange(ref stripe.Owner, thread, 0) == 0)
        {
            Volatile.Write(ref stripe.OfOwner, stripe.OfOwner + 1);
        }
        else
        {
            Interlocked.Increment(ref stripe.OfOthers);
        }
    }

    /// <summary>Two cache lines, because processors fetch them in pairs.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Stripe
    {
        /// <summary>Written by the owner alone.</summary>
        internal long OfOwner;

        internal long OfOthers;

        /// <summary>The number of a thread, which is never 0; 0: nobody yet.</summary>
        internal int Owner;
    }
}
