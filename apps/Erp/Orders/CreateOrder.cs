using Erp.Database;
using Erp.Inventory;
using Erp.Writes;
using Microsoft.Extensions.Options;

namespace Erp.Orders;

/// <summary>Takes an order: checks who and what, prices it, reserves the stock and gives it a number, all or nothing.</summary>
internal sealed class CreateOrder(IOptions<OrderChargesOptions> charges)
{
    public async Task<QuickOrder> RunAsync(WriteContext write, CreateOrderRequest request)
    {
        // 1. Who and what: every unknown id is named before anything else is said.
        var unknown = new RequestErrors();
        var customer = await write.FindAsync<Customer>("SELECT name, is_active FROM customers WHERE id = @CustomerId", new { request.CustomerId });
        if (customer is null)
            unknown.Add("customer_id", $"Customer {request.CustomerId} does not exist.");
        var salesperson = request.SalespersonId is null
            ? null
            : await write.FindAsync<Salesperson>("SELECT branch_id, is_active FROM salespeople WHERE id = @SalespersonId", new { request.SalespersonId });
        if (request.SalespersonId is not null && salesperson is null)
            unknown.Add("salesperson_id", $"Salesperson {request.SalespersonId} does not exist.");
        var priced = await OrderPricing.PriceAsync(write, request.Items, charges.Value, unknown);
        RequireActive(request, customer!, salesperson);

        // 2. The stock, under its lock.
        var stock = await StockLedger.LockAsync(write, request.Items.Select(item => item.ProductId));
        stock.ReserveAll(request.Items);

        // 3. The order. Its number comes last of what others may wait for.
        var number = await write.NextNumberAsync(NumberSeries.Order);
        var id = await InsertAsync(write, request, priced, salesperson?.BranchId, number);
        await OrderItems.InsertAsync(write, id, priced.Lines);
        await stock.SaveAsync(number);
        return new QuickOrder(
            id,
            number,
            write.Now,
            OrderStatuses.Pending,
            priced.Total,
            new CustomerReference(request.CustomerId, customer!.Name),
            priced.Lines.Count,
            IsPaid: false,
            IsDelivered: false);
    }

    private static void RequireActive(CreateOrderRequest request, Customer customer, Salesperson? salesperson)
    {
        var inactive = new RequestErrors();
        if (!customer.IsActive)
            inactive.Add("customer_id", $"Customer {request.CustomerId} is not active.");
        if (salesperson is { IsActive: false })
            inactive.Add("salesperson_id", $"Salesperson {request.SalespersonId} is not active.");
        if (!inactive.IsEmpty)
            throw RequestRefusedException.Conflict(inactive);
    }

    private static Task<long> InsertAsync(
        WriteContext write, CreateOrderRequest request, PricedOrder priced, long? branchId, string number) => write.SingleAsync<long>(
        "INSERT INTO orders (order_number, customer_id, salesperson_id, branch_id, status, ordered_at, subtotal, discount_amount, "
        + "tax_amount, shipping_amount, total, currency, notes, updated_at, ordered_month) "
        + "VALUES (@number, @CustomerId, @SalespersonId, @branchId, 'pending', @Now, @Subtotal, @none, "
        + "@Tax, @Shipping, @Total, @Currency, @Notes, @Now, @month) RETURNING id",
        new
        {
            number,
            request.CustomerId,
            request.SalespersonId,
            branchId,
            write.Now,
            priced.Subtotal,
            none = 0m,
            priced.Tax,
            priced.Shipping,
            priced.Total,
            priced.Currency,
            request.Notes,
            month = OrderMonth.Of(write.Now),
        });

    private sealed record Customer(string Name, bool IsActive);

    private sealed record Salesperson(long? BranchId, bool IsActive);
}
