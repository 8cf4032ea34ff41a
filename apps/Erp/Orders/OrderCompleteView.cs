using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Orders;

internal static class OrderCompleteView
{
    public static readonly View View = View.Create("order-complete")
        .Parameter<long>("id", parameter => parameter.AtLeast(1L))
        .Parameter("include_items", true)
        .Parameter("include_payment", true)
        .Parameter("include_delivery", true)
        .AsOf()
        .Policy(CachePolicies.Order)
        .Tag("order:{id}")
        .Required("order", Sql.Row<OrderRow>(Order.Query).Select(Order.From))
        .Optional("customer", Sql.Row<OrderCustomerRow>(OrderCustomer.Query).Select(OrderCustomer.From))
        .Optional("items", Sql.Rows<OrderLineRow>(OrderLines.Query).Select(OrderLines.From), section => section.When("include_items"))
        .Optional("payment", Sql.Rows<InvoicePaymentRow>(OrderPayment.Query).Select(OrderPayment.From), section => section.When("include_payment"))
        .Optional("delivery", Sql.Rows<DeliveryRow>(OrderDelivery.Query).Select(OrderDelivery.From), section => section.When("include_delivery"))
        .Optional("summary", Sql.Row<OrderProgressRow>(OrderProgressRow.Query).Uses("as_of").Select(OrderSummary.From))
        .Build();
}
