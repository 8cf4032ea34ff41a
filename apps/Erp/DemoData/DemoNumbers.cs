namespace Erp.DemoData;

/// <summary>How much there is of everything, and the numbers on the papers.</summary>
internal static class DemoNumbers
{
    public const string Currency = "USD";
    public const int Years = 5;
    public const int Branches = 5;
    public const int Warehouses = 8;
    public const int Salespeople = 15;
    public const int Products = 2_000;
    public const int Customers = 5_000;
    public const int Orders = 30_000;

    private const long FirstNumber = 100_000;

    public static string Order(long id) => $"SO{FirstNumber + id}";

    public static string Invoice(long id) => $"INV{FirstNumber + id}";

    public static string Receipt(long id) => $"RC{FirstNumber + id}";
}
