using Erp.Checkout;
using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Home;

internal static class HomeView
{
    public static readonly View View = View.Create("home")
        .OptionalParameter<long>("customer_id", parameter => parameter.AtLeast(1L).Describe("Who is greeted, with their cart; an unknown customer is not found."))
        .OptionalParameter<long>("branch_id", parameter => parameter.AtLeast(1L).Describe("Whose stock counts; absent: all branches'."))
        .AsOf()
        .Policy(CachePolicies.Home)
        .Tag("customer:{customer_id}")
        .Required("branch", Sql.Row<long>("SELECT id FROM branches WHERE id = @branch_id"), section => section.When("branch_id").Hidden())
        .Optional("featured_products", HomeProduct.Featured)
        .Optional("best_sellers", HomeProduct.BestSellers)
        .Optional("new_arrivals", HomeProduct.NewArrivals)
        .Optional("promotions", HomeProduct.Promotions)
        .Required(
            "customer",
            Sql.Row<HomeCustomer>("SELECT id, name, email, phone, customer_type FROM customers WHERE id = @customer_id"),
            section => section.When("customer_id"))
        .Optional("cart", Cart.Source.Select(HomeCart.From), section => section.When("customer_id").Policy(CachePolicies.Cart))
        .Build();

    private sealed record HomeCustomer(long Id, string Name, string? Email, string? Phone, string CustomerType);

    private sealed record HomeCart(int ItemsCount, decimal Total, string? Currency)
    {
        public static HomeCart From(Cart cart) => new(cart.ItemsCount, cart.Total, cart.Currency);
    }
}
