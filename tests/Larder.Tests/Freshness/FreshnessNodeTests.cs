using Larder.Freshness;

namespace Larder.Tests.Freshness;

public sealed class FreshnessNodeTests
{
    private const ulong Epoch = 7;
    private static readonly Tag Row = Tag.Fine("t.id=1");
    private static readonly Tag Table = Tag.Coarse("t");
    private static readonly Tag SomeRow = Tag.Coarse("t!");

    private readonly ManualTimeProvider _time = new();
    private readonly FreshnessNode _node;

    public FreshnessNodeTests()
    {
        _node = new FreshnessNode(_time);
        _node.Open(Epoch, 0);
    }

    [Fact]
    public async Task WaitForRecord_OfAnEpochThatTheNodeHasNotComeTo_EndsWhenItIsApplied()
    {
        var waiting = _node.WaitForRecordAsync(new(Epoch + 1, 3), TimeSpan.FromSeconds(1)).AsTask();

        _node.Apply(new(Epoch + 1, 2, WriteSet.Everything));
        Assert.False(waiting.IsCompleted);
        _node.Apply(new(Epoch + 1, 3, new WriteSet(Row)));

        Assert.True(await waiting.Soon());
    }

    [Fact]
    public async Task WaitForRecord_OfAnEpochThatIsOver_EndsWithoutIt()
    {
        var waiting = _node.WaitForRecordAsync(new(Epoch, 3), TimeSpan.FromSeconds(1)).AsTask();

        _node.Apply(new(Epoch + 1, 9, WriteSet.Everything));

        Assert.False(await waiting.Soon());
        Assert.False(await _node.WaitForRecordAsync(new(Epoch, 3), TimeSpan.FromSeconds(1)));
        Assert.True(_node.HasLeft(Epoch));
        Assert.False(_node.HasLeft(Epoch + 1));
    }

    [Fact]
    public void Apply_NextRecord_MakesWhatReadItsTagsStaleAndNothingElse()
    {
        var (row, table, other) = (Read(Row), Read(Table), Read(Tag.Fine("t.id=2")));

        Apply(1, Row, Tag.Coarse("another"));

        Assert.Equal((false, true, true), (IsFresh(row), IsFresh(table), IsFresh(other)));
        Assert.True(IsFresh(Read(Row)));
    }

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(5, 6, false)]
    [InlineData(0, 6, true)]
    public void SchemaHash_BecomesKnownAfterRecordsWereApplied_ForgetsWhatWasReadBeforeThoseOfAnother(int written, int own, bool isFresh)
    {
        var before = Read(Row);
        _node.Apply(new(Epoch, 1, new WriteSet(Tag.Fine("another row")) { SchemaHash = (ulong)written, Wildcards = [SomeRow] }));
        var after = Read(Row);

        _node.SchemaHash = (ulong)own;

        Assert.Equal((isFresh, true), (IsFresh(before), IsFresh(after)));
    }

    [Fact]
    public void SchemaHash_OfMoreRecordsThanAreRemembered_StillForgets()
    {
        var before = Read(Row);
        for (var i = 1; i <= 20; i++)
        {
            _node.Apply(new(Epoch, i, new WriteSet(Tag.Fine("another row")) { SchemaHash = (ulong)i, Wildcards = [SomeRow] }));
        }

        var between = Read(Row);
        _node.Apply(new(Epoch, 21, new WriteSet(Tag.Fine("another row")) { SchemaHash = 1, Wildcards = [SomeRow] }));

        _node.SchemaHash = 1;

        Assert.Equal((false, true), (IsFresh(before), IsFresh(between)));
    }

    [Fact]
    public void Apply_RecordTwice_ChangesNothingTheSecondTime()
    {
        Apply(1, Row);
        var now = _node.Now;

        Apply(1, Table);

        Assert.Same(now, _node.Now);
    }

    [Fact]
    public void Apply_AfterAGap_MakesEverythingReadBeforeStale()
    {
        var read = Read(Row);

        Apply(3, Table);

        Assert.Equal((3, 3), (_node.Now.View.Floor, _node.Now.Applied));
        Assert.False(IsFresh(read));
        Assert.True(IsFresh(Read(Row)));
    }

    [Fact]
    public void Apply_RecordOfEverything_MakesEverythingReadBeforeStale()
    {
        var read = Read(Row);

        _node.Apply(new(Epoch, 1, WriteSet.Everything));

        Assert.False(IsFresh(read));
    }

    [Fact]
    public void Apply_RecordOfAnotherEpoch_BeginsAFreshViewAndNeverGoesBack()
    {
        var read = Read(Row);

        _node.Apply(new(8, 1, new WriteSet(Table)));
        Assert.Equal((8ul, 1), (_node.Now.View.Epoch, _node.Now.Applied));
        Assert.False(IsFresh(read));

        // Late records, and a late greeting, of the epoch that was left.
        Apply(2, Row);
        _node.Open(Epoch, 5);
        Assert.Equal((8ul, 1), (_node.Now.View.Epoch, _node.Now.Applied));
    }

    [Fact]
    public void Apply_RecordOfAnotherSchema_CountsAsItsWildcardsToo()
    {
        _node.SchemaHash = 1;
        var (fine, otherTable) = (Read(SomeRow, Row), Read(Tag.Coarse("u")));

        _node.Apply(new(Epoch, 1, new WriteSet(Table, Tag.Fine("t.old_id=1")) { SchemaHash = 2, Wildcards = [SomeRow] }));

        Assert.Equal((false, true), (IsFresh(fine), IsFresh(otherTable)));
    }

    [Fact]
    public void Apply_RecordOfAnotherSchemaWithoutWildcards_CountsAsEverything()
    {
        _node.SchemaHash = 1;
        var otherTable = Read(Tag.Coarse("u"));

        _node.Apply(new(Epoch, 1, new WriteSet(Table) { SchemaHash = 2 }));
        Assert.True(IsFresh(otherTable));
        _node.Apply(new(Epoch, 2, new WriteSet(Table, Row) { SchemaHash = 2 }));
        Assert.False(IsFresh(otherTable));
    }

    [Fact]
    public void Apply_MoreCoarseTagsThanTheirTableHolds_NoneIsMissed()
    {
        var node = new FreshnessNode(_time, sizes: new LogTableSizes(FineBits: 10, CoarseBits: 4));
        node.Open(Epoch, 0);
        var tags = Enumerable.Range(0, 200).Select(i => Tag.Coarse($"table {i}")).ToArray();
        for (var i = 0; i < tags.Length; i++)
        {
            var read = new ReadStamp([tags[i]], Epoch, node.Now.Applied, long.MaxValue, FreshnessKind.Tracked);
            Assert.True(node.Rules.IsFresh(node, read, node.Now));
            node.Apply(new(Epoch, i + 1, new WriteSet(tags[i])));
            Assert.False(node.Rules.IsFresh(node, read, node.Now));
        }
    }

    [Fact]
    public void LastWriteOf_ManyFineWrites_NeverChangeACoarseTag()
    {
        var view = LogView.Create(Epoch, 0, new LogTableSizes(FineBits: 4));
        view.Write(Table, 1);
        for (var i = 2; i <= 1_000; i++)
        {
            view.Write(Tag.Fine($"{i}"), i);
        }

        Assert.Equal(1, view.LastWriteOf(Table));
        Assert.NotEqual(0, view.LastWriteOf(Tag.Fine("shares a slot")));
    }

    [Fact]
    public void Bypass_OfATag_StopsWhatReadItUntilItEnds()
    {
        var (row, other) = (Read(Row), Read(Tag.Fine("t.id=2")));
        Assert.True(IsFresh(row));
        var writes = new WriteSet(Row);

        _node.Bypass(writes);
        Assert.Equal((false, true, false), (IsFresh(row), IsFresh(other), IsFresh(Read(Row))));

        _node.EndBypass(writes);
        Assert.True(IsFresh(row));
    }

    [Fact]
    public void IsFresh_Voided_IsNeverFreshAgain()
    {
        var read = Read(Row);
        read.Void();

        Assert.False(IsFresh(read));
        Apply(1, Table);
        Assert.False(IsFresh(read));
    }

    [Fact]
    public async Task WaitForAsync_PositionAppliedInTime_IsTrue()
    {
        var waiting = _node.WaitForAsync(new(Epoch, 2), TimeSpan.FromSeconds(1), default).AsTask();
        Apply(1, Row);
        Assert.False(waiting.IsCompleted);
        Apply(2, Row);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task WaitForAsync_PositionNotAppliedInTime_IsFalse()
    {
        var waiting = _node.WaitForAsync(new(Epoch, 1), TimeSpan.FromSeconds(1), default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await waiting);
    }

    [Fact]
    public async Task WaitForAsync_OtherEpochOrPoison_IsFalseAtOnce()
    {
        Assert.False(await _node.WaitForAsync(new(8, 1), TimeSpan.FromDays(1), default));
        Assert.False(await _node.WaitForAsync(WriteToken.Poison, TimeSpan.FromDays(1), default));
        Assert.True(await _node.WaitForAsync(default, TimeSpan.FromDays(1), default));
    }

    [Fact]
    public void IsLagging_WithABound_IsJudgedByWhatWasHeard()
    {
        var node = new FreshnessNode(_time) { LagBound = TimeSpan.FromSeconds(5) };
        Assert.True(node.IsLagging(_time.GetTimestamp()));
        node.Heard(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(node.IsLagging(_time.GetTimestamp()));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(node.IsLagging(_time.GetTimestamp()));
        Assert.False(_node.IsLagging(_time.GetTimestamp()));
    }

    private void Apply(long seq, params Tag[] tags) => _node.Apply(new(Epoch, seq, new WriteSet(tags)));

    private ReadStamp Read(params Tag[] tags) => new(tags, _node.Now.View.Epoch, _node.Now.Applied, long.MaxValue, FreshnessKind.Tracked);

    private bool IsFresh(ReadStamp stamp) => _node.Rules.IsFresh(_node, stamp, _node.Now);
}
