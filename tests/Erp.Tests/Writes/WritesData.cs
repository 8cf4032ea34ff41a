using Erp.Database;

namespace Erp.Tests.Writes;

/// <summary>The small world that the tests of the writes begin with. Ids below 100 are taken; generated ones follow.</summary>
internal static class WritesData
{
    public const long Customer = 1;
    public const long InactiveCustomer = 2;
    public const long OtherCustomer = 3;
    public const long Salesperson = 1;
    public const long InactiveSalesperson = 2;
    public const long MainWarehouse = 1;
    public const long NorthWarehouse = 2;
    public const long DefaultPricelist = 1;
    public const long ResellerPricelist = 2;

    /// <summary>Costs 10.00 by its list price; 5 lie in the main warehouse and 3 in the north.</summary>
    public const long Lamp = 1;

    /// <summary>180.00 less 10 %, from ten pieces on 150.00, in the default price list; 100 in the main warehouse.</summary>
    public const long Desk = 2;

    /// <summary>There is one.</summary>
    public const long LastPiece = 3;

    public const long InactiveProduct = 4;

    /// <summary>No warehouse has ever had it.</summary>
    public const long Unstocked = 5;

    /// <summary>0.335 less 0 %: three cost 1.005, which is 1.01; 1,000 in the north.</summary>
    public const long Screw = 6;

    public const long Unknown = 999_999;

    public static string Sql(SqlDialect dialect) => dialect.Fill(Text)
        + (dialect.Kind == DatabaseKind.PostgreSql ? Restart : "");

    private const string Text = """
        INSERT INTO branches (id, code, name, is_active) VALUES (1, 'HQ', 'Head office', TRUE), (2, 'N', 'North', TRUE);
        INSERT INTO warehouses (id, branch_id, name, is_active) VALUES (1, 1, 'Main', TRUE), (2, 2, 'North', TRUE);
        INSERT INTO categories (id, name) VALUES (1, 'Light'), (2, 'Furniture');
        INSERT INTO salespeople (id, name, role, branch_id, is_active) VALUES (1, 'Ida Berg', 'sales', 2, TRUE), (2, 'Olaf Lund', 'sales', 1, FALSE);
        INSERT INTO customers (id, code, name, email, phone, customer_type, salesperson_id, credit_limit, payment_terms_days, city, is_active, created_at) VALUES
            (1, 'C1', 'Ana Müller', 'ana@example.org', '123', 'individual', 1, {money:1000}, 14, 'Bern', TRUE, '2024-01-01T00:00:00Z'),
            (2, 'C2', 'Closed Ltd', NULL, NULL, 'company', 1, {money:0}, 30, NULL, FALSE, '2024-01-01T00:00:00Z'),
            (3, 'C3', 'Delta AG', NULL, NULL, 'company', NULL, {money:5000}, 30, NULL, TRUE, '2024-01-01T00:00:00Z');
        INSERT INTO products (id, sku, name, description, category_id, unit, list_price, cost_price, reorder_point, is_active, created_at) VALUES
            (1, 'LAMP', 'Lamp', 'Warm', 1, 'EA', {money:10}, {money:4}, 0, TRUE, '2024-01-01T00:00:00Z'),
            (2, 'DESK', 'Desk', NULL, 2, 'EA', {money:199.99}, {money:90}, 0, TRUE, '2024-01-01T00:00:00Z'),
            (3, 'LAST', 'Last piece', NULL, 2, 'EA', {money:50}, {money:20}, 0, TRUE, '2024-01-01T00:00:00Z'),
            (4, 'GONE', 'Gone', NULL, 2, 'EA', {money:50}, {money:20}, 0, FALSE, '2024-01-01T00:00:00Z'),
            (5, 'NONE', 'Never stocked', NULL, NULL, 'EA', {money:7}, {money:1}, 0, TRUE, '2024-01-01T00:00:00Z'),
            (6, 'SCREW', 'Screw', NULL, NULL, 'EA', {money:0.5}, {money:0.1}, 0, TRUE, '2024-01-01T00:00:00Z');
        INSERT INTO pricelists (id, name, currency, discount_percent, is_default, is_active) VALUES
            (1, 'Retail', 'EUR', {money:0}, TRUE, TRUE), (2, 'Reseller', 'EUR', {money:40}, FALSE, TRUE);
        INSERT INTO product_prices (pricelist_id, product_id, price, discount_percent, minimum_quantity) VALUES
            (1, 2, {money:180}, {money:10}, 1), (1, 2, {money:150}, {money:0}, 10), (2, 1, {money:1}, {money:0}, 1),
            (1, 6, {money:0.335}, {money:0}, 1);
        INSERT INTO inventory (product_id, warehouse_id, quantity_on_hand, quantity_reserved, updated_at) VALUES
            (1, 1, 5, 0, '2024-01-01T00:00:00Z'), (1, 2, 3, 0, '2024-01-01T00:00:00Z'), (2, 1, 100, 0, '2024-01-01T00:00:00Z'),
            (3, 2, 1, 0, '2024-01-01T00:00:00Z'), (4, 1, 9, 0, '2024-01-01T00:00:00Z'), (6, 2, 1000, 0, '2024-01-01T00:00:00Z');
        """;

    // Rows that bring their own ids leave PostgreSQL's counters behind.
    private const string Restart = """
        ALTER TABLE branches ALTER COLUMN id RESTART WITH 100;
        ALTER TABLE products ALTER COLUMN id RESTART WITH 100;
        ALTER TABLE customers ALTER COLUMN id RESTART WITH 100;
        """;
}
