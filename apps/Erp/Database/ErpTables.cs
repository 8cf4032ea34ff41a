namespace Erp.Database;

/// <summary>The tables that are filled in bulk, each after those it refers to. Column names and order are those of the canonical CSV files.</summary>
internal static class ErpTables
{
    private const decimal MaximumPercent = 100m;

    public static readonly TableDefinition Branches = Table(
        "branches", Id, Needed("code", ColumnKind.Text) with { Unique = true }, Needed("name", ColumnKind.Text), Free("city", ColumnKind.Text), Free("country", ColumnKind.Text), Needed("is_active", ColumnKind.Boolean));

    public static readonly TableDefinition Warehouses = Table(
        "warehouses", Id, Link("branch_id", "branches"), Needed("name", ColumnKind.Text), Needed("is_active", ColumnKind.Boolean));

    public static readonly TableDefinition Categories = Table(
        "categories", Id, Link("parent_id", "categories") with { Required = false }, Needed("name", ColumnKind.Text));

    public static readonly TableDefinition Products = Table(
        "products", Id, Needed("sku", ColumnKind.Text) with { Unique = true }, Needed("name", ColumnKind.Text), Free("description", ColumnKind.Text),
        Link("category_id", "categories") with { Required = false }, Free("brand", ColumnKind.Text), Needed("unit", ColumnKind.Text),
        Free("barcode", ColumnKind.Text) with { Unique = true }, Free("color", ColumnKind.Text), Free("size", ColumnKind.Text), Amount("weight") with { Required = false },
        Amount("list_price"), Amount("cost_price"), Number("reorder_point"), Needed("is_active", ColumnKind.Boolean), Needed("created_at", ColumnKind.Time),
        Free("dimensions", ColumnKind.Text) with { IsExtra = true });

    public static readonly TableDefinition Inventory = TableWithKey(
        "inventory", ["product_id", "warehouse_id"], Link("product_id", "products"), Link("warehouse_id", "warehouses"),
        Number("quantity_on_hand"), Number("quantity_reserved"), Needed("updated_at", ColumnKind.Time));

    public static readonly TableDefinition Pricelists = Table(
        "pricelists", Id, Needed("name", ColumnKind.Text), Needed("currency", ColumnKind.Text), Percent("discount_percent"), Needed("is_default", ColumnKind.Boolean),
        Needed("is_active", ColumnKind.Boolean), Free("valid_from", ColumnKind.Time), Free("valid_to", ColumnKind.Time));

    public static readonly TableDefinition ProductPrices = TableWithKey(
        "product_prices", ["pricelist_id", "product_id", "minimum_quantity"], Link("pricelist_id", "pricelists"), Link("product_id", "products"),
        Amount("price"), Percent("discount_percent"), Number("minimum_quantity", 1));

    public static readonly TableDefinition ProductImages = TableWithKey(
        "product_images", ["product_id", "position"], Link("product_id", "products"), Needed("url", ColumnKind.Text), Free("thumbnail_url", ColumnKind.Text),
        Needed("is_primary", ColumnKind.Boolean), Number("position"));

    public static readonly TableDefinition Salespeople = Table(
        "salespeople", Id, Needed("name", ColumnKind.Text), Free("email", ColumnKind.Text), Free("phone", ColumnKind.Text), Needed("role", ColumnKind.Text),
        Link("branch_id", "branches") with { Required = false }, Needed("is_active", ColumnKind.Boolean));

    public static readonly TableDefinition Customers = Table(
        "customers", Id, Needed("code", ColumnKind.Text) with { Unique = true }, Needed("name", ColumnKind.Text), Free("company_name", ColumnKind.Text), Free("email", ColumnKind.Text),
        Free("phone", ColumnKind.Text), Free("tax_number", ColumnKind.Text), Word("customer_type", "individual", "company", "walk_in"),
        Link("salesperson_id", "salespeople") with { Required = false }, Amount("credit_limit"), Number("payment_terms_days"), Free("city", ColumnKind.Text),
        Free("country", ColumnKind.Text), Needed("is_active", ColumnKind.Boolean), Needed("created_at", ColumnKind.Time));

    public static readonly TableDefinition CustomerAddresses = Table(
        "customer_addresses", Id, Link("customer_id", "customers"), Free("label", ColumnKind.Text), Needed("line1", ColumnKind.Text), Free("line2", ColumnKind.Text),
        Free("city", ColumnKind.Text), Free("state", ColumnKind.Text), Free("postal_code", ColumnKind.Text), Free("country", ColumnKind.Text), Needed("is_default", ColumnKind.Boolean));

    public static readonly TableDefinition ProductReviews = Table(
        "product_reviews", Id, Link("product_id", "products"), Needed("customer_name", ColumnKind.Text), Number("rating", 1) with { Maximum = 5 },
        Free("comment", ColumnKind.Text), Needed("created_at", ColumnKind.Time), Link("customer_id", "customers") with { Required = false, IsExtra = true });

    public static readonly TableDefinition Orders = Table(
        "orders", Id, Needed("order_number", ColumnKind.Text) with { Unique = true }, Link("customer_id", "customers"),
        Link("salesperson_id", "salespeople") with { Required = false }, Link("branch_id", "branches") with { Required = false },
        Word("status", "pending", "confirmed", "processing", "shipped", "completed", "cancelled"), Needed("ordered_at", ColumnKind.Time), Amount("subtotal"),
        Amount("discount_amount"), Amount("tax_amount"), Amount("shipping_amount"), Amount("total"), Needed("currency", ColumnKind.Text), Free("notes", ColumnKind.Text),
        Free("cancelled_reason", ColumnKind.Text) with { IsExtra = true }, Free("updated_at", ColumnKind.Time) with { IsExtra = true },
        Number("ordered_month") with { Required = false, IsExtra = true });

    public static readonly TableDefinition OrderItems = Table(
        "order_items", Id, Link("order_id", "orders"), Link("product_id", "products"), Number("quantity", 1), Amount("unit_price"),
        Percent("discount_percent"), Amount("line_total"), Number("delivered_quantity"));

    public static readonly TableDefinition Invoices = Table(
        "invoices", Id, Needed("invoice_number", ColumnKind.Text) with { Unique = true }, Link("order_id", "orders"), Link("customer_id", "customers"),
        Needed("issued_at", ColumnKind.Time), Needed("due_at", ColumnKind.Time), Amount("total"), Word("status", "pending", "partially_paid", "paid", "cancelled"));

    public static readonly TableDefinition Payments = Table(
        "payments", Id, Link("invoice_id", "invoices"), Link("customer_id", "customers"), Needed("paid_at", ColumnKind.Time),
        Amount("amount") with { Minimum = 0.0001m }, Needed("method", ColumnKind.Text), Free("reference", ColumnKind.Text),
        Free("receipt_number", ColumnKind.Text) with { Unique = true, IsExtra = true });

    public static readonly TableDefinition Deliveries = Table(
        "deliveries", Id, Link("order_id", "orders"), Word("status", "pending", "in_transit", "delivered"), Free("carrier", ColumnKind.Text),
        Free("tracking_number", ColumnKind.Text), Free("expected_at", ColumnKind.Time), Free("shipped_at", ColumnKind.Time), Free("delivered_at", ColumnKind.Time));

    public static readonly TableDefinition Promotions = Table(
        "promotions", Id, Needed("name", ColumnKind.Text), Free("description", ColumnKind.Text), Percent("discount_percent"), Needed("starts_at", ColumnKind.Time),
        Needed("ends_at", ColumnKind.Time), Needed("is_active", ColumnKind.Boolean));

    public static readonly TableDefinition CartItems = TableWithKey(
        "cart_items", ["customer_id", "product_id"], Link("customer_id", "customers"), Link("product_id", "products"), Number("quantity", 1));

    public static readonly TableDefinition InventoryMovements = Table(
        "inventory_movements", Id, Link("product_id", "products"), Link("warehouse_id", "warehouses"),
        Word("movement_type", "IN", "OUT", "ADJUSTMENT"), Number("quantity"), Number("new_quantity"), Free("reference", ColumnKind.Text), Free("notes", ColumnKind.Text),
        Needed("created_at", ColumnKind.Time));

    /// <summary>The tables that have a canonical CSV file, named as the table.</summary>
    public static readonly IReadOnlyList<TableDefinition> Canonical =
    [
        Branches, Warehouses, Categories, Products, Inventory, Pricelists, ProductPrices, ProductImages, Salespeople, Customers,
        CustomerAddresses, ProductReviews, Orders, OrderItems, Invoices, Payments, Deliveries, Promotions,
    ];

    public static readonly IReadOnlyList<TableDefinition> All = [.. Canonical, CartItems, InventoryMovements];

    private static ColumnDefinition Id => new("id", ColumnKind.Key) { Required = true, Minimum = 1 };

    private static TableDefinition Table(string name, params ColumnDefinition[] columns) => new(name, ["id"], columns);

    private static TableDefinition TableWithKey(string name, string[] key, params ColumnDefinition[] columns) => new(name, key, columns);

    private static ColumnDefinition Free(string name, ColumnKind kind) => new(name, kind);

    private static ColumnDefinition Needed(string name, ColumnKind kind) => new(name, kind) { Required = true };

    private static ColumnDefinition Link(string name, string table) => new(name, ColumnKind.Key) { Required = true, References = table };

    private static ColumnDefinition Number(string name, int minimum = 0) => new(name, ColumnKind.Count) { Required = true, Minimum = minimum };

    private static ColumnDefinition Amount(string name) => new(name, ColumnKind.Decimal) { Required = true, Minimum = 0 };

    private static ColumnDefinition Percent(string name) => Amount(name) with { Maximum = MaximumPercent };

    private static ColumnDefinition Word(string name, params string[] words) => new(name, ColumnKind.Text) { Required = true, Words = words };
}
