using Larder.SqlAnalysis.Schema;

namespace Erp.Database;

/// <summary>What Larder is told of the ERP's schema beside what the catalog says.</summary>
internal static class ErpTracking
{
    // Whose lines, invoices and payments: the views ask by customer, salesperson and order, and these tables refer to them by way of their parents.
    private static readonly (string Child, ParentPath[] Paths)[] ParentPaths =
    [
        ("order_items", [new("order_id", "customer_id"), new("order_id", "salesperson_id"), new("order_id", "ordered_month")]),
        ("orders", [new("customer_id", "salesperson_id")]),
        ("payments", [new("invoice_id", "order_id"), new("invoice_id", "customer_id"), new("invoice_id", "salesperson_id")]),
    ];

    // Columns that are asked for by value and are no keys: a change from one state to another matters only to who asks for one of the two.
    private static readonly (string Table, string[] Columns)[] States = [("orders", ["status", "ordered_month"]), ("invoices", ["status"]), ("inventory", ["is_available"])];

    /// <summary>The declarations, with the names that the database kind gives its tables.</summary>
    public static SchemaDeclarations Declarations(DatabaseKind kind)
    {
        var declarations = new SchemaDeclarations();
        foreach (var (child, paths) in ParentPaths)
            declarations.ParentPaths[kind == DatabaseKind.PostgreSql ? $"public.{child}" : child] = paths;
        foreach (var (table, columns) in States)
            declarations.EligibleColumns[kind == DatabaseKind.PostgreSql ? $"public.{table}" : table] = columns;
        return declarations;
    }
}
