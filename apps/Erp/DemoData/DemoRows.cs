using Erp.Orders;

namespace Erp.DemoData;

internal sealed record DemoProduct(
    long Id, string Sku, string Name, string Description, long CategoryId, string Brand, string Unit, string Barcode, string? Color, string? Size,
    decimal Weight, string Dimensions, decimal ListPrice, decimal CostPrice, int ReorderPoint, bool IsActive, DateTimeOffset CreatedAt)
{
    /// <summary>The discount of the default price list, which an individual gets.</summary>
    public decimal RetailDiscount { get; init; }

    public object?[] Values() =>
    [
        Id, Sku, Name, Description, CategoryId, Brand, Unit, Barcode, Color, Size, Weight, ListPrice, CostPrice, ReorderPoint, IsActive, CreatedAt,
        Dimensions,
    ];
}

internal sealed record DemoCustomer(
    long Id, string Name, string? CompanyName, string? Email, string? Phone, string? TaxNumber, string CustomerType, long SalespersonId,
    long BranchId, int PaymentTermsDays, string City, string Country, bool IsActive, DateTimeOffset CreatedAt)
{
    public bool IsCompany => CustomerType == "company";

    public bool IsWalkIn => CustomerType == "walk_in";

    /// <param name="creditLimit">Known only when the invoices are.</param>
    public object?[] Values(decimal creditLimit) =>
    [
        Id, $"C{Id:D6}", Name, CompanyName, Email, Phone, TaxNumber, CustomerType, SalespersonId, creditLimit, PaymentTermsDays, City, Country,
        IsActive, CreatedAt,
    ];
}

internal readonly record struct DemoOrderItem(
    long Id, long OrderId, long ProductId, int Quantity, decimal UnitPrice, decimal DiscountPercent, decimal LineTotal, int DeliveredQuantity)
{
    public object?[] Values() => [Id, OrderId, ProductId, Quantity, UnitPrice, DiscountPercent, LineTotal, DeliveredQuantity];
}

internal sealed record DemoOrder(
    long Id, DemoCustomer Customer, string Status, DateTimeOffset OrderedAt, decimal Subtotal, decimal Discount, decimal Tax, decimal Shipping,
    string? Notes, string? CancelledReason)
{
    public decimal Total => Subtotal - Discount + Tax + Shipping;

    public bool IsOpen => Status is "pending" or "confirmed" or "processing";

    public bool IsInvoiced => Status is "processing" or "shipped" or "completed";

    public DateTimeOffset UpdatedAt { get; set; } = OrderedAt;

    public object?[] Values() =>
    [
        Id, DemoNumbers.Order(Id), Customer.Id, Customer.SalespersonId, Customer.BranchId, Status, OrderedAt, Subtotal, Discount, Tax, Shipping,
        Total, DemoNumbers.Currency, Notes, CancelledReason, UpdatedAt, OrderMonth.Of(OrderedAt),
    ];
}

internal readonly record struct DemoInvoice(
    long Id, long OrderId, long CustomerId, DateTimeOffset IssuedAt, DateTimeOffset DueAt, decimal Total, string Status)
{
    public object?[] Values() => [Id, DemoNumbers.Invoice(Id), OrderId, CustomerId, IssuedAt, DueAt, Total, Status];
}

internal readonly record struct DemoPayment(
    long Id, long InvoiceId, long CustomerId, DateTimeOffset PaidAt, decimal Amount, string Method, string? Reference)
{
    public object?[] Values() => [Id, InvoiceId, CustomerId, PaidAt, Amount, Method, Reference, DemoNumbers.Receipt(Id)];
}

internal readonly record struct DemoDelivery(
    long Id, long OrderId, string Status, string Carrier, string? TrackingNumber, DateTimeOffset ExpectedAt, DateTimeOffset? ShippedAt,
    DateTimeOffset? DeliveredAt)
{
    public object?[] Values() => [Id, OrderId, Status, Carrier, TrackingNumber, ExpectedAt, ShippedAt, DeliveredAt];
}

internal sealed record DemoStock(long ProductId, long WarehouseId, DateTimeOffset UpdatedAt)
{
    public int OnHand { get; set; }

    public int Reserved { get; set; }

    public int Available => OnHand - Reserved;

    public object?[] Values() => [ProductId, WarehouseId, OnHand, Reserved, UpdatedAt];
}
