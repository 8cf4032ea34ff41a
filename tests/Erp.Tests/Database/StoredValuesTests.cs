using Erp.Database;

namespace Erp.Tests.Database;

public sealed class StoredValuesTests
{
    [Theory]
    [InlineData("123.45", 1_234_500)]
    [InlineData("0.00005", 1)]
    [InlineData("-0.00005", -1)]
    [InlineData("0.00004", 0)]
    public void ToScaled_Decimal_IsTenThousandthsHalfAwayFromZero(string value, long expected) =>
        Assert.Equal(expected, StoredValues.ToScaled(decimal.Parse(value)));

    [Fact]
    public void ToScaled_TooLarge_Throws() =>
        Assert.Throws<OverflowException>(() => StoredValues.ToScaled(1_000_000_000_000_000m));

    [Fact]
    public void ToText_TimeWithOffset_IsUtcInWholeSeconds()
    {
        var time = new DateTimeOffset(2026, 1, 2, 1, 30, 5, 999, TimeSpan.FromHours(2));

        Assert.Equal("2026-01-01T23:30:05Z", StoredValues.ToText(time));
        Assert.Equal(StoredValues.WholeSeconds(time), StoredValues.FromText("2026-01-01T23:30:05Z"));
    }

    [Fact]
    public void Fill_UnknownTypeWord_Throws() =>
        Assert.Throws<DatabaseException>(() => SqliteDialect.Instance.Fill("CREATE TABLE t (x {varchar})"));
}
