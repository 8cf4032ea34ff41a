using Erp.Checkout;
using Erp.Customers;
using Erp.Home;
using Erp.Orders;
using Erp.Products;
using Erp.Salespeople;
using Larder.Views;

namespace Erp.Views;

/// <summary>Where the views are mapped. Literal routes win over <c>{id}</c>, which has no constraint: a view checks its own parameters.</summary>
internal static class ErpViews
{
    private static readonly IReadOnlyList<(string Route, View View, string Group)> Routes =
    [
        ("/home", HomeView.View, "Home & Dashboard"),
        ("/salesperson/dashboard", SalespersonDashboardView.View, "Home & Dashboard"),
        ("/products/{id}", ProductDetailView.View, "Products"),
        ("/products/{id}/complete", ProductCompleteView.View, "Products"),
        ("/customers/{id}/complete", CustomerCompleteView.View, "Customers"),
        ("/customers/{id}/quick", CustomerQuickView.View, "Customers"),
        ("/customers/{id}/financial", CustomerFinancialView.View, "Customers"),
        ("/customers/{id}/orders", CustomerOrdersView.View, "Customers"),
        ("/orders/{id}/complete", OrderCompleteView.View, "Orders"),
        ("/orders/{id}/quick", OrderQuickView.View, "Orders"),
        ("/checkout", CheckoutView.View, "Checkout"),
    ];

    public static IEnumerable<View> All => Routes.Select(route => route.View);

    public static void MapErpViews(this RouteGroupBuilder group)
    {
        foreach (var (route, view, tag) in Routes)
        {
            group.MapView(route, view).WithTags(tag);
        }
    }
}
