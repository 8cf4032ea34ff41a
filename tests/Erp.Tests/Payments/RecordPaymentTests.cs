using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Payments;

public sealed class RecordPaymentTests(WritesTemplates templates)
{
    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_InParts_IsPartiallyPaidAndThenPaid(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderInStatusAsync("processing");

        var first = await host.PostAsync("/payments", Payment("7.55", reference: "Card 42"));
        var between = await host.ValueAsync<string>("SELECT status FROM invoices");
        var second = await host.PostAsync("/payments", Payment("12.45"));

        Assert.Equal("""{"payment_id":1,"receipt_number":"RC1"}""", first.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal("""{"payment_id":2,"receipt_number":"RC2"}""", second.Expect(HttpStatusCode.OK).Data.GetRawText());
        Assert.Equal("partially_paid", between);
        Assert.Equal("paid", await host.ValueAsync<string>("SELECT status FROM invoices"));
        Assert.Equal(
            (1L, 1L, 7.55m, "credit_card", "Card 42", host.Clock.GetUtcNow()),
            await host.ValueAsync<(long, long, decimal, string, string, DateTimeOffset)>(
                "SELECT invoice_id, customer_id, amount, method, reference, paid_at FROM payments WHERE id = 1"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_MoreThanIsOwed_Is409AndSaysHowMuch(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderInStatusAsync("processing");
        await host.PostAsync("/payments", Payment("7.5"));

        var tooMuch = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/payments", Payment("12.51"));
        await host.PostAsync("/payments", Payment("12.50"));
        var paid = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/payments", Payment("0.01"));

        Assert.Equal("12.51 is more than is owed on invoice INV1 (partially_paid): 12.50.", tooMuch.Detail);
        Assert.Equal("12.50", tooMuch.Body.GetProperty("owed").GetRawText());
        Assert.Equal("0.00", paid.Body.GetProperty("owed").GetRawText());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_ACancelledInvoice_Is409(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var id = await host.OrderInStatusAsync("processing");
        await host.PostAsync($"/orders/{id}/cancel", """{"reason":"x"}""");

        var refused = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, "/payments", Payment("1"));

        Assert.Equal("cancelled", refused.Body.GetProperty("invoice_status").GetString());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_AnotherCustomersInvoice_Is404(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderInStatusAsync("processing");

        var refused = await host.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, "/payments", Payment("1", customer: 3));

        Assert.Equal("Customer 3 has no invoice 1.", refused.ErrorsOf("invoice_id"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_TwentyAtOnceForTheLastSum_OneSucceeds(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderInStatusAsync("processing");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.PostAsync("/payments", Payment("20"))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(19, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_ManyInvoicesAtOnce_GivesEveryReceiptItsOwnNumber(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        for (var i = 0; i < 12; i++)
            await host.OrderInStatusAsync("processing", WritesData.Screw, 10);

        var answers = await Task.WhenAll(Enumerable.Range(1, 12).Select(i => host.PostAsync("/payments", Payment("1", invoice: i))));

        var receipts = answers.Select(answer => answer.Expect(HttpStatusCode.OK).Data.GetProperty("receipt_number").GetString());
        Assert.Equal(12, receipts.Distinct().Count());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Pay_InactiveCustomer_MayStillPay(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderInStatusAsync("processing");
        await host.PutAsync("/customers/1", """{"is_active":false}""");

        (await host.PostAsync("/payments", Payment("20"))).Expect(HttpStatusCode.OK);
    }

    private static string Payment(string amount, long customer = 1, long invoice = 1, string? reference = null) =>
        $$"""{"customer_id":{{customer}},"invoice_id":{{invoice}},"amount":{{amount}},"payment_method":"credit_card","reference":{{(reference is null ? "null" : $"\"{reference}\"")}}}""";
}
