namespace Erp.DemoData;

/// <summary>Everything that is generated, before it goes into the database. Rows with a rule to keep are typed; the others are plain values.</summary>
/// <param name="Today">The day on which the data end.</param>
internal sealed record DemoContent(DateOnly Today)
{
    public List<object?[]> Branches { get; } = [];

    public List<object?[]> Warehouses { get; } = [];

    public List<object?[]> Categories { get; } = [];

    public List<DemoProduct> Products { get; } = [];

    public List<object?[]> Pricelists { get; } = [];

    public List<object?[]> ProductPrices { get; } = [];

    public List<object?[]> ProductImages { get; } = [];

    public List<object?[]> Salespeople { get; } = [];

    public List<DemoCustomer> Customers { get; } = [];

    /// <summary>By the customer's position in <see cref="Customers"/>.</summary>
    public decimal[] CreditLimits { get; set; } = [];

    public List<object?[]> CustomerAddresses { get; } = [];

    public List<DemoOrder> Orders { get; } = [];

    public List<DemoOrderItem> OrderItems { get; } = [];

    public List<DemoInvoice> Invoices { get; } = [];

    public List<DemoPayment> Payments { get; } = [];

    public List<DemoDelivery> Deliveries { get; } = [];

    public List<DemoStock> Inventory { get; } = [];

    public List<object?[]> InventoryMovements { get; } = [];

    public List<object?[]> ProductReviews { get; } = [];

    public List<object?[]> Promotions { get; } = [];

    public List<object?[]> CartItems { get; } = [];

    /// <summary>The moment at which the data end: today's events lie in its first hour, so that they are past whenever the ERP starts.</summary>
    public DateTimeOffset End => StartOfToday.AddHours(1);

    public DateTimeOffset StartOfToday => new(Today, TimeOnly.MinValue, TimeSpan.Zero);

    public DateTimeOffset Beginning => StartOfToday.AddYears(-DemoNumbers.Years);

    /// <summary>A moment, or the end of the data if it lies beyond.</summary>
    public DateTimeOffset AtMostEnd(DateTimeOffset moment) => moment < End ? moment : End;
}
