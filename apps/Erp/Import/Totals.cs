using Erp.Database;

namespace Erp.Import;

/// <summary>Sums across files: an order's lines make its subtotal, and an invoice is not paid more than once.</summary>
internal sealed class Totals
{
    private readonly Dictionary<long, (long Line, decimal Remainder)> _orders = [];
    private readonly Dictionary<long, decimal> _invoices = [];
    private bool _hasDefaultPricelist;

    /// <summary>Takes a row in. Not null: the row does not go with those before it.</summary>
    public (string Column, string Reason)? Add(TableDefinition table, object?[] row, long line)
    {
        if (table == ErpTables.Orders)
            _orders[(long)row[0]!] = (line, Amount(table, row, "subtotal"));
        else if (table == ErpTables.OrderItems)
            AddItem(table, row);
        else if (table == ErpTables.Invoices)
            _invoices[(long)row[0]!] = Amount(table, row, "total");
        else if (table == ErpTables.Payments)
            return AddPayment(table, row);
        else if (table == ErpTables.Pricelists)
            return AddPricelist(table, row);
        return null;
    }

    /// <summary>The orders whose lines make another sum.</summary>
    public IEnumerable<(long Line, string Reason)> WrongOrders() => _orders.Values
        .Where(order => order.Remainder != 0)
        .OrderBy(order => order.Line)
        .Select(order => (order.Line, $"the lines of the order come to {(order.Remainder > 0 ? $"{order.Remainder} less" : $"{-order.Remainder} more")} than this"));

    private void AddItem(TableDefinition table, object?[] row)
    {
        var id = (long)row[table.IndexOf("order_id")]!;
        if (_orders.TryGetValue(id, out var order))
            _orders[id] = order with { Remainder = order.Remainder - Amount(table, row, "line_total") };
    }

    private (string Column, string Reason)? AddPayment(TableDefinition table, object?[] row)
    {
        var id = (long)row[table.IndexOf("invoice_id")]!;
        if (!_invoices.TryGetValue(id, out var owed))
            return null;
        var amount = Amount(table, row, "amount");
        _invoices[id] = owed - amount;
        return amount <= owed ? null : ("amount", $"{amount} is more than what is still owed on invoice {id}, which is {owed}");
    }

    private (string Column, string Reason)? AddPricelist(TableDefinition table, object?[] row)
    {
        var isDefault = (bool)row[table.IndexOf("is_default")]!;
        if (isDefault && _hasDefaultPricelist)
            return ("is_default", "another price list is the default one already");
        _hasDefaultPricelist |= isDefault;
        return null;
    }

    private static decimal Amount(TableDefinition table, object?[] row, string column) => (decimal)row[table.IndexOf(column)]!;
}
