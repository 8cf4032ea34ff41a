using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Customers;

public sealed class CustomerWriteTests(WritesTemplates templates)
{
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Change_SomeMembers_LeavesTheOthers(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.PutAsync("/customers/1", """{"email":"a.mueller@example.org","phone":null}""");

        Assert.Equal("""{"customer_id":1}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal(
            ("Ana Müller", "a.mueller@example.org", null, "Bern"),
            await host.ValueAsync<(string, string, string?, string)>("SELECT name, email, phone, city FROM customers WHERE id = 1"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Change_Deactivated_TakesNoMoreOrdersUntilActiveAgain(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.PutAsync("/customers/1", """{"is_active":false}""");
        await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/orders/create", """{"customer_id":1,"items":[{"product_id":1,"quantity":1}]}""");
        await host.PutAsync("/customers/1", """{"is_active":true,"name":"Ana M.","city":"Chur"}""");

        await host.OrderAsync(WritesData.Lamp, 1);
        Assert.Equal(("Ana M.", "Chur"), await host.ValueAsync<(string, string)>("SELECT name, city FROM customers WHERE id = 1"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task CreditLimit_FromZeroOn_IsStoredExactly(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var limit in (string[])["0", "0.01", "1e3", "99999999999.99"])
        {
            var answer = await host.PutAsync("/customers/1/credit-limit", $$"""{"credit_limit":{{limit}}}""");

            Assert.Equal("""{"customer_id":1}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
            Assert.Equal(
                decimal.Parse(limit, System.Globalization.NumberStyles.Float),
                await host.ValueAsync<decimal>("SELECT credit_limit FROM customers WHERE id = 1"));
        }
    }
}
