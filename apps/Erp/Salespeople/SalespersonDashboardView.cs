using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Salespeople;

internal static class SalespersonDashboardView
{
    public static readonly View View = View.Create("salesperson-dashboard")
        .Parameter<long>("salesperson_id", parameter => parameter.AtLeast(1L))
        .Parameter("date_range", "today", parameter => parameter.OneOf([.. SalesPeriod.Ranges]))
        .AsOf()
        .Application("salesperson")
        .Policy(CachePolicies.Dashboard)
        .Tag("salesperson:{salesperson_id}")
        .Required("salesperson", Sql.Row<Salesperson>(Salesperson.Query))
        .Required("period", Code.Compute(PeriodOf).Uses("date_range", "as_of"))
        .Optional("sales_overview", Sql.Rows<StatusRow>(SalesOverview.Query).InPeriod().Select(SalesOverview.From))
        .Optional("recent_orders", Sql.Rows<SalespersonOrderRow>(SalespersonOrderRow.Query).Select(SalespersonOrder.From))
        .Optional("pending_orders", Sql.Rows<PendingOrderRow>(PendingOrders.Query).Uses("as_of").Select(PendingOrders.From))
        .Optional("top_customers", Sql.Rows<TopCustomerRow>(TopCustomers.Query).InPeriod().Select(TopCustomers.From))
        .Optional("top_products", Sql.Rows<TopProductRow>(TopProducts.Query).InPeriod().Select(TopProducts.From))
        .Optional("payment_collection", Sql.Row<CollectionRow>(PaymentCollection.Query).InPeriod().Select(PaymentCollection.From))
        .Optional("customer_stats", Sql.Row<CustomerStats>(CustomerStats.Query).InPeriod())
        .Build();

    private static SalesPeriod PeriodOf(SectionInputs inputs) => SalesPeriod.Of(inputs.Get<string>("date_range"), inputs.Get<DateOnly>("as_of"));
}
