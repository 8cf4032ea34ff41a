namespace Erp.Views;

/// <summary>The arithmetic of derived figures, over exact sums from SQL. Halves are rounded away from zero.</summary>
internal static class Figures
{
    public static decimal Cents(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero);

    /// <summary>With two decimals; null over zero.</summary>
    public static decimal? Average(decimal total, long count) => count == 0 ? null : Cents(total / count);

    /// <summary>0 to 100 and beyond, with two decimals; null over zero.</summary>
    public static decimal? Percentage(decimal part, decimal whole) => whole == 0 ? null : Cents(part * 100 / whole);

    public static decimal Discounted(decimal price, decimal discountPercentage) => Cents(price * (100 - discountPercentage) / 100);
}
