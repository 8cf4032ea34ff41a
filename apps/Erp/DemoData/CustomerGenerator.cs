namespace Erp.DemoData;

/// <summary>Salespeople, customers and their addresses.</summary>
internal sealed class CustomerGenerator(DemoContent content)
{
    private const int CustomersFromTheStart = 2_500;

    private readonly DemoChance _chance = new(2_002);
    private long _addresses;

    public void Generate()
    {
        for (var id = 1L; id <= DemoNumbers.Salespeople; id++)
            AddSalesperson(id);
        for (var id = 1L; id <= DemoNumbers.Customers; id++)
        {
            var customer = Customer(id);
            content.Customers.Add(customer);
            AddAddresses(customer);
        }
    }

    private static long BranchOf(long salesperson) => (salesperson - 1) % DemoNumbers.Branches + 1;

    private void AddSalesperson(long id)
    {
        // One of each first name, so that a name says who is meant.
        var name = $"{DemoWords.FirstNames[(int)id * 2]} {_chance.Pick(DemoWords.LastNames)}";
        var role = id <= DemoNumbers.Branches ? "Sales Manager" : "Sales Representative";
        content.Salespeople.Add([id, name, Mailbox(name, "larder-erp.example"), Phone(), role, BranchOf(id), true]);
    }

    private DemoCustomer Customer(long id)
    {
        var type = (id % 20) switch
        {
            0 => "walk_in",
            < 8 => "company",
            _ => "individual",
        };
        var salesperson = (id - 1) % DemoNumbers.Salespeople + 1;
        var branch = BranchOf(salesperson);
        var person = $"{_chance.Pick(DemoWords.FirstNames)} {_chance.Pick(DemoWords.LastNames)}";
        var company = $"{_chance.Pick(DemoWords.LastNames)} {_chance.Pick(DemoWords.Trades)} {_chance.Pick(DemoWords.LegalForms)}";
        var isCompany = type == "company";
        var isWalkIn = type == "walk_in";
        return new DemoCustomer(
            id,
            isCompany ? company : isWalkIn ? $"Counter sale {id}" : person,
            isCompany ? company : null,
            isWalkIn ? null : Mailbox(person, $"c{id}.example"),
            isWalkIn ? null : Phone(),
            isCompany ? $"DE{200_000_000 + id * 7_919 % 99_999_999}" : null,
            type,
            salesperson,
            branch,
            isCompany ? _chance.Pick<int>([30, 30, 45, 60]) : isWalkIn ? 0 : 14,
            DemoWords.Branches[branch - 1].City,
            DemoWords.Country,
            id <= 100 || !_chance.Happens(5),
            CreatedAt(id));
    }

    private DateTimeOffset CreatedAt(long id)
    {
        if (id <= CustomersFromTheStart)
            return content.Beginning.AddDays(-1 - (CustomersFromTheStart - id) / 5.0);
        var days = (content.StartOfToday - content.Beginning).TotalDays - 2;
        return content.Beginning.AddDays(Math.Floor(days * (id - CustomersFromTheStart) / (DemoNumbers.Customers - CustomersFromTheStart)));
    }

    private void AddAddresses(DemoCustomer customer)
    {
        if (customer.IsWalkIn)
            return;
        AddAddress(customer, customer.IsCompany ? "Office" : "Home", true);
        if (customer.IsCompany || _chance.Happens(10))
            AddAddress(customer, "Delivery", false);
    }

    private void AddAddress(DemoCustomer customer, string label, bool isDefault)
    {
        var line1 = $"{_chance.Pick(DemoWords.Streets)} {_chance.Between(1, 180)}";
        var line2 = _chance.Happens(10) ? $"Floor {_chance.Between(1, 6)}" : null;
        content.CustomerAddresses.Add(
            [++_addresses, customer.Id, label, line1, line2, customer.City, null, $"{_chance.Between(10_000, 99_999)}", customer.Country, isDefault]);
    }

    private static string Mailbox(string name, string domain) => $"{name.Replace(' ', '.').ToLowerInvariant()}@{domain}";

    private string Phone() => $"+49 555 {_chance.Between(1_000_000, 9_999_999)}";
}
