using Erp.Database;
using Erp.Orders;

namespace Erp.Import;

/// <summary>What the columns of one row owe each other, and the values of columns that a file may lack.</summary>
internal static class RowRules
{
    public static void FillIn(TableDefinition table, object?[] row)
    {
        if (table == ErpTables.Orders)
        {
            row[table.IndexOf("updated_at")] ??= row[table.IndexOf("ordered_at")];
            row[table.IndexOf("ordered_month")] = OrderMonth.Of((DateTimeOffset)row[table.IndexOf("ordered_at")]!);
        }
        if (table == ErpTables.Payments)
            row[table.IndexOf("receipt_number")] ??= $"RC{row[0]}";
    }

    /// <summary>Null when the row is consistent.</summary>
    public static (string Column, string Reason)? Check(TableDefinition table, object?[] row)
    {
        if (table == ErpTables.Orders)
            return OrderTotal(table, row);
        if (table == ErpTables.Inventory)
            return NotMore(table, row, "quantity_reserved", "quantity_on_hand");
        if (table == ErpTables.OrderItems)
            return NotMore(table, row, "delivered_quantity", "quantity");
        return null;
    }

    private static (string Column, string Reason)? OrderTotal(TableDefinition table, object?[] row)
    {
        decimal Amount(string column) => (decimal)row[table.IndexOf(column)]!;
        var expected = Amount("subtotal") - Amount("discount_amount") + Amount("tax_amount") + Amount("shipping_amount");
        return Amount("total") == expected
            ? null
            : ("total", $"{Amount("total")} is not subtotal - discount + tax + shipping, which is {expected}");
    }

    private static (string Column, string Reason)? NotMore(TableDefinition table, object?[] row, string column, string limit)
    {
        var value = (int)row[table.IndexOf(column)]!;
        var most = (int)row[table.IndexOf(limit)]!;
        return value <= most ? null : (column, $"{value} is more than {limit}, which is {most}");
    }
}
