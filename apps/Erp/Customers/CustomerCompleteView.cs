using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Customers;

internal static class CustomerCompleteView
{
    public static readonly View View = View.Create("customer-complete")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .Parameter("include_orders", true)
        .Parameter("include_payments", true)
        .AsOf()
        .Policy(CachePolicies.Customer)
        .Tag("customer:{id}")
        .Required("customer", Sql.Row<CustomerRow>(CustomerRow.Query).Select(Customer.From))
        .Optional("financial", CustomerFinances.Source)
        .Optional(
            "recent_orders",
            Sql.Rows<CustomerOrderRow>(CustomerOrderRow.Query)
                .With("status", static _ => (string?)null)
                .With("limit", static _ => RecentOrders.Limit)
                .Select(RecentOrders.From),
            section => section.When("include_orders"))
        .Optional("payment_history", Sql.Rows<PaymentRow>(PaymentHistory.Query).Select(PaymentHistory.From), section => section.When("include_payments"))
        .Build();
}
