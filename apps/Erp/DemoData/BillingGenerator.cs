namespace Erp.DemoData;

/// <summary>Invoices, payments and deliveries of the orders, and the credit limits that fit what customers owe.</summary>
internal sealed class BillingGenerator(DemoContent content)
{
    private static readonly string[] Methods = ["credit_card", "credit_card", "bank_transfer", "bank_transfer", "bank_transfer", "cheque"];

    private readonly DemoChance _chance = new(4_004);
    private readonly decimal[] _owed = new decimal[DemoNumbers.Customers];

    public void Generate()
    {
        foreach (var order in content.Orders)
        {
            if (order.IsInvoiced)
            {
                AddInvoice(order);
                AddDelivery(order);
            }
        }
        content.CreditLimits = [.. content.Customers.Select(CreditLimit)];
    }

    private void AddInvoice(DemoOrder order)
    {
        var issued = content.AtMostEnd(order.OrderedAt.AddMinutes(_chance.Between(5, 25)));
        var due = issued.AddDays(order.Customer.PaymentTermsDays);
        var status = order.Customer.IsWalkIn ? "paid" : StatusOf(order, (content.StartOfToday - due).TotalDays);
        var invoice = new DemoInvoice(content.Invoices.Count + 1L, order.Id, order.Customer.Id, issued, due, order.Total, status);
        content.Invoices.Add(invoice);
        order.UpdatedAt = issued;
        var paid = AddPayments(order.Customer, invoice);
        _owed[order.Customer.Id - 1] += invoice.Total - paid;
    }

    private string StatusOf(DemoOrder order, double daysOverdue)
    {
        var dice = _chance.Fraction() * 100;
        // Today's business shows each of the three to everybody who looks at the dashboard of the day.
        if (order.OrderedAt >= content.StartOfToday)
            return order.Status switch { "completed" => "paid", "shipped" => "partially_paid", _ => "pending" };
        return daysOverdue switch
        {
            > 120 => dice < 99.7 ? "paid" : dice < 99.85 ? "partially_paid" : "pending",
            > 0 => dice < 92 ? "paid" : dice < 96 ? "partially_paid" : "pending",
            _ => dice < 40 ? "paid" : dice < 52 ? "partially_paid" : "pending",
        };
    }

    private decimal AddPayments(DemoCustomer customer, DemoInvoice invoice)
    {
        if (invoice.Status == "pending")
            return 0;
        var part = decimal.Round(invoice.Total * _chance.Between(20, 70) / 100, 2);
        if (invoice.Status == "partially_paid")
        {
            AddPayment(customer, invoice, part, _chance.Between(1, 12));
            return part;
        }
        if (!customer.IsWalkIn && _chance.Happens(8))
        {
            AddPayment(customer, invoice, part, 3);
            AddPayment(customer, invoice, invoice.Total - part, _chance.Between(4, 20));
        }
        else
        {
            AddPayment(customer, invoice, invoice.Total, customer.IsWalkIn ? 0 : _chance.Between(0, 30));
        }
        return invoice.Total;
    }

    private void AddPayment(DemoCustomer customer, DemoInvoice invoice, decimal amount, int daysLater)
    {
        var id = content.Payments.Count + 1L;
        var method = customer.IsWalkIn ? "cash" : _chance.Pick(Methods);
        var paidAt = content.AtMostEnd(invoice.IssuedAt.AddDays(daysLater).AddMinutes(_chance.Between(1, 9)));
        content.Payments.Add(new DemoPayment(
            id, invoice.Id, customer.Id, paidAt, amount, method, method == "cash" ? null : $"TX{id * 7_919 % 10_000_000:D7}"));
    }

    private void AddDelivery(DemoOrder order)
    {
        var id = content.Deliveries.Count + 1L;
        var carrier = _chance.Pick(DemoWords.Carriers);
        var expected = order.OrderedAt.AddDays(5);
        DateTimeOffset? shipped = null, delivered = null;
        if (order.Status is "shipped" or "completed")
            shipped = content.AtMostEnd(order.OrderedAt.AddMinutes(26).AddDays(_chance.Between(0, 2)));
        if (order.Status == "completed")
            delivered = content.AtMostEnd(shipped!.Value.AddMinutes(5).AddDays(_chance.Between(0, 4)));
        var status = order.Status switch { "completed" => "delivered", "shipped" => "in_transit", _ => "pending" };
        content.Deliveries.Add(new DemoDelivery(id, order.Id, status, carrier, shipped is null ? null : $"LP{id:D9}DE", expected, shipped, delivered));
        order.UpdatedAt = delivered ?? shipped ?? order.UpdatedAt;
    }

    // Who owes something uses about 90, 65 or 30 percent of the limit, so that all levels of risk occur.
    private decimal CreditLimit(DemoCustomer customer)
    {
        if (customer.IsWalkIn)
            return 0;
        var owed = _owed[customer.Id - 1];
        if (owed == 0)
            return customer.IsCompany ? 5_000 : 500;
        var use = (customer.Id % 3) switch { 0 => 0.90m, 1 => 0.65m, _ => 0.30m };
        return decimal.Ceiling(owed / use / 10) * 10;
    }
}
