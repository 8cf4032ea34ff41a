using Erp.Products;
using Erp.Views;
using Larder.Views.Sources;

namespace Erp.Home;

/// <param name="Price">Before the discount.</param>
/// <param name="InStock">Whether a piece is on hand that is not reserved, in the branch's warehouses where a branch is given.</param>
/// <param name="Discount">In percent.</param>
internal sealed record HomeProduct(long Id, string Name, decimal Price, string? Image, bool InStock, decimal Discount)
{
    private const string Columns = $"""
        p.id, p.name, {ProductSql.Image} AS image,
        EXISTS (
            SELECT 1
            FROM inventory s
            JOIN warehouses w ON w.id = s.warehouse_id
            WHERE s.product_id = p.id AND s.quantity_on_hand > s.quantity_reserved AND (@branch_id IS NULL OR w.branch_id = @branch_id)
        ) AS in_stock
        """;

    private const string ColumnsAndPrice = $"{Columns}, {ProductSql.Price} AS price, {ProductSql.Discount} AS discount";

    /// <summary>The ten active products with most stars in all their reviews together; those without reviews follow, the dearest first.</summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> Featured { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {ColumnsAndPrice}
        FROM (
            SELECT q.id, q.name, q.list_price, coalesce(v.stars, 0) AS stars
            FROM products q
            LEFT JOIN (SELECT product_id, sum(rating) AS stars FROM product_reviews GROUP BY product_id) AS v ON v.product_id = q.id
            WHERE q.is_active
            ORDER BY stars DESC, q.list_price DESC, q.id
            LIMIT 10
        ) AS p
        {ProductSql.DefaultList}
        ORDER BY p.stars DESC, p.list_price DESC, p.id
        """).UntilNextDay();

    /// <summary>The ten active products of which most pieces were ordered in the 90 days that end with <c>as_of</c>, cancelled orders not counted.</summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> BestSellers { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {ColumnsAndPrice}
        FROM (
            SELECT q.id, q.name, q.list_price, t.quantity_sold
            FROM (
                SELECT i.product_id, sum(i.quantity) AS quantity_sold
                FROM orders o
                JOIN order_items i ON i.order_id = o.id
                WHERE o.ordered_at >= @best_since AND o.ordered_at < @next_day AND o.status <> 'cancelled'
                GROUP BY i.product_id
            ) AS t
            JOIN products q ON q.id = t.product_id
            WHERE q.is_active
            ORDER BY t.quantity_sold DESC, q.id
            LIMIT 10
        ) AS p
        {ProductSql.DefaultList}
        ORDER BY p.quantity_sold DESC, p.id
        """).With("best_since", static arguments => arguments.Get<DateOnly>("as_of").Plus(-89)).UntilNextDay();

    /// <summary>The ten newest active products that were there on the <c>as_of</c> day.</summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> NewArrivals { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {ColumnsAndPrice}
        FROM (
            SELECT id, name, list_price, created_at
            FROM products
            WHERE is_active AND created_at < @next_day
            ORDER BY created_at DESC, id DESC
            LIMIT 10
        ) AS p
        {ProductSql.DefaultList}
        ORDER BY p.created_at DESC, p.id DESC
        """).UntilNextDay();

    /// <summary>
    /// The ten active products with the greatest discount for one piece, on the default list or on an offer: a list that is in force for
    /// a limited time. A list that is neither holds the terms of certain customers. Price and discount are those of that list.
    /// </summary>
    public static SqlSource<IReadOnlyList<HomeProduct>> Promotions { get; } = Sql.Rows<HomeProduct>(
        $"""
        SELECT {Columns}, p.price, p.discount
        FROM (
            SELECT q.id, q.name, r.price, r.discount_percent AS discount,
                   row_number() OVER (PARTITION BY q.id ORDER BY r.discount_percent DESC, l.id) AS place
            FROM pricelists l
            JOIN product_prices r ON r.pricelist_id = l.id
            JOIN products q ON q.id = r.product_id
            WHERE {ProductSql.IsInForce} AND (l.is_default OR l.valid_from IS NOT NULL OR l.valid_to IS NOT NULL)
              AND r.minimum_quantity = 1 AND r.discount_percent > 0 AND q.is_active
        ) AS p
        WHERE p.place = 1
        ORDER BY p.discount DESC, p.id
        LIMIT 10
        """).UntilNextDay();
}
