using Erp.Orders;
using Erp.Products;
using Erp.Views;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Home;

/// <param name="Price">Before the discount.</param>
/// <param name="InStock">Whether a piece is on hand that is not reserved, in the branch's warehouses where a branch is given.</param>
/// <param name="Discount">In percent.</param>
internal sealed record HomeProduct(long Id, string Name, decimal Price, string? Image, bool InStock, decimal Discount)
{
    // Each list finds the keys of its products first, so that only a change of what ranks them touches the list, and of the rest only that of the ten.
    private const string Columns = $"""
        p.id, p.name, {ProductSql.Image} AS image,
        EXISTS (
            SELECT 1
            FROM inventory s
            JOIN warehouses w ON w.id = s.warehouse_id
            WHERE s.product_id = p.id AND s.is_available = TRUE AND (@branch_id IS NULL OR w.branch_id = @branch_id)
        ) AS in_stock
        """;

    private const string IsOffer = $"{ProductSql.IsInForce} AND (l.is_default OR l.valid_from IS NOT NULL OR l.valid_to IS NOT NULL)";

    private const string ColumnsAndPrice = $"{Columns}, {ProductSql.Price} AS price, {ProductSql.Discount} AS discount";

    /// <summary>The ten active products with most stars in all their reviews together; those without reviews follow, the dearest first.</summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> Featured { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {ColumnsAndPrice}
        FROM (
            SELECT q.id, coalesce(v.stars, 0) AS stars
            FROM products q
            LEFT JOIN (SELECT product_id, sum(rating) AS stars FROM product_reviews GROUP BY product_id) AS v ON v.product_id = q.id
            WHERE q.is_active
            ORDER BY stars DESC, q.list_price DESC, q.id
            LIMIT 10
        ) AS f
        JOIN products p ON p.id = f.id
        {ProductSql.DefaultList}
        ORDER BY f.stars DESC, p.list_price DESC, p.id
        """).UntilNextDay();

    /// <summary>
    /// The ten active products of which most pieces were ordered in the three whole months before that of <c>as_of</c>, cancelled orders not counted: a ranking
    /// of what is over, which the orders of the day do not touch.
    /// </summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> BestSellers { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {ColumnsAndPrice}
        FROM (
            SELECT q.id, t.quantity_sold
            FROM (
                SELECT i.product_id, sum(i.quantity) AS quantity_sold
                FROM orders o
                JOIN order_items i ON i.order_id = o.id
                WHERE o.ordered_month IN (@month_before, @month_before_that, @first_month) AND o.status <> 'cancelled'
                GROUP BY i.product_id
            ) AS t
            JOIN products q ON q.id = t.product_id
            WHERE q.is_active
            ORDER BY t.quantity_sold DESC, q.id
            LIMIT 10
        ) AS b
        JOIN products p ON p.id = b.id
        {ProductSql.DefaultList}
        ORDER BY b.quantity_sold DESC, p.id
        """)
        .With("month_before", static arguments => MonthBefore(arguments, 1))
        .With("month_before_that", static arguments => MonthBefore(arguments, 2))
        .With("first_month", static arguments => MonthBefore(arguments, 3))
        .UntilNextDay();

    /// <summary>The ten newest active products that were there on the <c>as_of</c> day.</summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> NewArrivals { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {ColumnsAndPrice}
        FROM (
            SELECT q.id
            FROM products q
            WHERE q.is_active AND q.created_at < @next_day
            ORDER BY q.created_at DESC, q.id DESC
            LIMIT 10
        ) AS n
        JOIN products p ON p.id = n.id
        {ProductSql.DefaultList}
        ORDER BY p.created_at DESC, p.id DESC
        """).UntilNextDay();

    /// <summary>
    /// The ten active products with the greatest discount for one piece, on the default list or on an offer: a list that is in force for
    /// a limited time. A list that is neither holds the terms of certain customers. Price and discount are those of that list.
    /// </summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> Promotions { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {Columns}, r.price, t.discount
        FROM (
            SELECT q.id, max(d.discount_percent) AS discount
            FROM pricelists l
            JOIN product_prices d ON d.pricelist_id = l.id
            JOIN products q ON q.id = d.product_id
            WHERE {IsOffer} AND d.minimum_quantity = 1 AND d.discount_percent > 0 AND q.is_active
            GROUP BY q.id
            ORDER BY discount DESC, q.id
            LIMIT 10
        ) AS t
        JOIN products p ON p.id = t.id
        JOIN product_prices r ON r.product_id = p.id AND r.minimum_quantity = 1 AND r.pricelist_id = (
            SELECT min(l.id)
            FROM pricelists l
            JOIN product_prices m ON m.pricelist_id = l.id
            WHERE {IsOffer} AND m.product_id = p.id AND m.minimum_quantity = 1 AND m.discount_percent = t.discount)
        ORDER BY t.discount DESC, p.id
        """).UntilNextDay();

    private static int MonthBefore(ViewArguments arguments, int months) => OrderMonth.Of(arguments.Get<DateOnly>("as_of")) - months;
}
