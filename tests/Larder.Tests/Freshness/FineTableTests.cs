using FsCheck;
using FsCheck.Fluent;
using Larder.Freshness;

namespace Larder.Tests.Freshness;

/// <summary>The positions of fine tags: never below the truth, and exact for what was written lately.</summary>
public sealed class FineTableTests
{
    [Fact]
    public void Get_AnySequenceOfWrites_IsNotBelowTheLastWriteOfTheTag() => Prop.ForAll(
        Gen.ListOf(Gen.Choose(0, 400)).ToArbitrary(),
        numbers =>
        {
            // Eight lines, so that most of what is written is forgotten.
            var table = new FineTable(bits: 6);
            var last = new Dictionary<int, long>();
            var seq = 0L;
            foreach (var number in numbers)
            {
                table.Set(TagOf(number), ++seq);
                last[number] = seq;
                if (table.Get(TagOf(number)) != seq)
                    return false;
            }

            return Enumerable.Range(0, 401).All(number => table.Get(TagOf(number)) >= last.GetValueOrDefault(number));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Get_TagThatWasNotWritten_IsHardlyEverTakenForOneThatWas()
    {
        // A quarter full: hardly a line holds more than its seven places.
        var table = new FineTable(bits: 12);
        for (var number = 0; number < 1000; number++)
            table.Set(TagOf(number), number + 1);

        Assert.InRange(Enumerable.Range(5000, 1000).Count(number => table.Get(TagOf(number)) > 0), 0, 20);
    }

    [Fact]
    public void Get_MoreWasWrittenThanItHolds_TheLatestAreStillExact()
    {
        var table = new FineTable(bits: 12);
        for (var number = 0; number < 20_000; number++)
            table.Set(TagOf(number), number + 1);

        // What is not found counts as written at most when the last of its line was forgotten: long ago, for nearly all.
        Assert.All(Enumerable.Range(19_000, 1000), number => Assert.True(table.Get(TagOf(number)) > number));
        Assert.InRange(Enumerable.Range(50_000, 1000).Max(number => table.Get(TagOf(number))), 1, 19_999);
        Assert.InRange(Enumerable.Range(50_000, 1000).Average(number => table.Get(TagOf(number))), 14_000, 18_000);
    }

    [Fact]
    public async Task Get_WhileOthersAreWritten_NeverMissesWhatWasWrittenBefore()
    {
        var table = new FineTable(bits: 3);
        var applied = 0L;
        var stop = false;
        var writer = Task.Run(() =>
        {
            for (var seq = 1L; !Volatile.Read(ref stop); seq++)
            {
                table.Set(TagOf((int)(seq % 20)), seq);
                Volatile.Write(ref applied, seq);
            }
        });
        for (var round = 0; round < 2_000_000; round++)
        {
            var seen = Volatile.Read(ref applied);
            var number = round % 20;
            var last = seen - ((seen - number) % 20 + 20) % 20;
            if (last > 0 && table.Get(TagOf(number)) < last)
            {
                Volatile.Write(ref stop, true);
                Assert.Fail($"Tag {number} was written at {last}, and is found at {table.Get(TagOf(number))}.");
            }
        }

        Volatile.Write(ref stop, true);
        await writer;
    }

    private static Tag TagOf(int number) => Tag.Fine($"value {number}");
}
