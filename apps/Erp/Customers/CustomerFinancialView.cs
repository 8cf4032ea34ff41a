using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Customers;

internal static class CustomerFinancialView
{
    public static readonly View View = View.Create("customer-financial")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .AsOf()
        .Policy(CachePolicies.Customer)
        .Tag("customer:{id}")
        .Required(
            "customer",
            Sql.Row<Name>("SELECT id AS customer_id, name AS customer_name FROM customers WHERE id = @id"),
            section => section.Inline())
        .Optional("financial", CustomerFinances.Source)
        .Build();

    private sealed record Name(long CustomerId, string CustomerName);
}
