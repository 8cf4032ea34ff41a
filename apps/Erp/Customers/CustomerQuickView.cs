using Erp.Salespeople;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Customers;

internal static class CustomerQuickView
{
    public static readonly View View = View.Create("customer-quick")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .Policy(CachePolicies.Customer)
        .Tag("customer:{id}")
        .Required("customer", Sql.Row<CustomerRow>(CustomerRow.Query).Select(QuickCustomer.From), section => section.Inline())
        .Build();

    private sealed record QuickCustomer(
        long Id, string Name, string? Email, string? Phone, string CustomerType, SalespersonContact? Salesperson, bool IsActive)
    {
        public static QuickCustomer From(CustomerRow row) =>
            new(row.Id, row.Name, row.Email, row.Phone, row.CustomerType, row.Salesperson, row.IsActive);
    }
}
