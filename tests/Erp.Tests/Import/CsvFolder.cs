using Erp.Database;

namespace Erp.Tests.Import;

/// <summary>A small folder of canonical files, correct as it is; tests put faults into it.</summary>
internal sealed class CsvFolder : IDisposable
{
    private readonly Dictionary<string, List<string>> _files = new()
    {
        ["branches"] = ["id,code,name,city,country,is_active", "1,B1,Main,Town,Land,true"],
        ["warehouses"] = ["id,branch_id,name,is_active", "1,1,Store,true"],
        ["categories"] = ["id,parent_id,name", "2,1,Child before its parent", "1,,Root"],
        ["products"] =
        [
            "id,sku,name,description,category_id,brand,unit,barcode,color,size,weight,list_price,cost_price,reorder_point,is_active,created_at",
            "1,P-1,Lamp,,2,,EA,,,,0.25,10.1234,5.00,3,true,2020-01-01T00:00:00Z",
            "2,P-2,  Shelf  ,\"Two lines,\nand a \"\"quote\"\"\",,Own,EA,,,,,20.00,5.00,3,false,2020-01-01T02:00:00+02:00",
        ],
        ["inventory"] = ["product_id,warehouse_id,quantity_on_hand,quantity_reserved,updated_at", "1,1,10,2,2020-02-01T00:00:00Z"],
        ["pricelists"] = ["id,name,currency,discount_percent,is_default,is_active,valid_from,valid_to", "1,Retail,USD,0,true,true,,"],
        ["product_prices"] = ["pricelist_id,product_id,price,discount_percent,minimum_quantity", "1,1,10.1234,0,1"],
        ["salespeople"] = ["id,name,email,phone,role,branch_id,is_active", "7,Ann,,,Seller,,true"],
        ["customers"] =
        [
            "id,code,name,company_name,email,phone,tax_number,customer_type,salesperson_id,credit_limit,payment_terms_days,city,country,is_active,created_at",
            "5,C5,Bo,,,,,individual,7,0.00,14,,,true,2020-01-01T00:00:00Z",
        ],
        ["product_reviews"] = ["id,product_id,customer_name,rating,comment,created_at", "1,1,Bo,5,Bright,2020-03-01T00:00:00Z"],
        ["orders"] =
        [
            "id,order_number,customer_id,salesperson_id,branch_id,status,ordered_at,subtotal,discount_amount,tax_amount,shipping_amount,total,currency,notes",
            "100,SO41,5,7,1,processing,2020-03-01T10:00:00Z,20.25,0.25,2.00,1.00,23.00,USD,",
        ],
        ["order_items"] =
            ["id,order_id,product_id,quantity,unit_price,discount_percent,line_total,delivered_quantity", "1,100,1,2,10.1234,0,20.25,0"],
        ["invoices"] = ["id,invoice_number,order_id,customer_id,issued_at,due_at,total,status", "1,INV9,100,5,2020-03-01T10:00:00Z,2020-03-15T10:00:00Z,23.00,partially_paid"],
        ["payments"] = ["id,invoice_id,customer_id,paid_at,amount,method,reference", "3,1,5,2020-03-02T10:00:00Z,13.00,cash,"],
    };

    public CsvFolder() => Directory.CreateDirectory(FolderPath);

    public string FolderPath { get; } = Directory.CreateTempSubdirectory("larder_import_").FullName;

    public string ReportPath => Path.Combine(FolderPath, "report.txt");

    /// <summary>Replaces a row; 0 is the header, and one after the last is a new row.</summary>
    public CsvFolder Put(string table, int row, string text)
    {
        if (row == _files[table].Count)
            _files[table].Add(text);
        else
            _files[table][row] = text;
        return this;
    }

    public CsvFolder Without(string table)
    {
        _files.Remove(table);
        return this;
    }

    /// <summary>Writes the files and imports them into an empty database.</summary>
    public async Task ImportAsync(ErpDatabase database)
    {
        foreach (var (table, lines) in _files)
            await File.WriteAllTextAsync(Path.Combine(FolderPath, $"{table}.csv"), string.Join("\r\n", lines) + "\r\n");
        await ErpTestDatabase.StartAsync(database, FolderPath, TimeProvider.System, ReportPath);
    }

    public void Dispose() => Directory.Delete(FolderPath, recursive: true);
}
