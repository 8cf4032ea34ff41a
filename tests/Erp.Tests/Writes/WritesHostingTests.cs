using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Erp.Tests.Writes;

public sealed class WritesHostingTests(WritesTemplates templates)
{
    private static readonly string[] Writes =
    [
        "post /orders/create", "put /orders/{id}/status", "put /orders/{id}/items", "put /orders/{id}/delivery", "post /orders/{id}/cancel",
        "put /products/{id}", "put /products/{id}/prices/{pricelist_id}", "post /products/{id}/reviews", "post /inventory/movements/record",
        "put /customers/{id}", "put /customers/{id}/credit-limit", "post /payments",
    ];

    [Fact]
    public async Task Write_DatabaseAway_Is503WithRetryAfter()
    {
        // Port 1 of loopback: nothing listens there.
        await using var host = await WritesHost.StartAsync("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2");

        var answer = await host.PutAsync("/customers/1/credit-limit", """{"credit_limit":1}""");

        answer.Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("2", answer.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Description_EveryWrite_HasATagASummaryABodyAndSnakeCaseMembers()
    {
        await using var host = await WritesHost.StartAsync(templates, Db.Sqlite);

        var document = JsonDocument.Parse(await host.Client.GetStringAsync("/openapi/v1.json")).RootElement;

        foreach (var (method, path) in Writes.Select(write => write.Split(' ')).Select(words => (words[0], words[1])))
        {
            var operation = document.GetProperty("paths").GetProperty(WritesHost.Prefix + path).GetProperty(method);
            Assert.NotEmpty(operation.GetProperty("tags").EnumerateArray());
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            var body = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
            var name = body.GetProperty("$ref").GetString()!.Split('/')[^1];
            var members = document.GetProperty("components").GetProperty("schemas").GetProperty(name).GetProperty("properties").EnumerateObject();
            Assert.All(members, member => Assert.Matches("^[a-z_]+$", member.Name));
            foreach (var parameter in operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [])
                Assert.Equal(path.Contains('{') ? "integer" : "string", parameter.GetProperty("schema").GetProperty("type").GetString());
            foreach (var status in (string[])["400", "404", "409", "413", "415", "503"])
                Assert.True(operation.GetProperty("responses").TryGetProperty(status, out _), $"{method} {path} says nothing about {status}");
        }
    }

    [Fact]
    public async Task Description_OfCreatingAnOrder_SaysWhatIsRequiredAndTheKey()
    {
        await using var host = await WritesHost.StartAsync(templates, Db.Sqlite);

        var document = JsonDocument.Parse(await host.Client.GetStringAsync("/openapi/v1.json")).RootElement;

        var body = document.GetProperty("components").GetProperty("schemas").GetProperty("CreateOrderRequest");
        Assert.Equal(["customer_id", "items"], body.GetProperty("required").EnumerateArray().Select(member => member.GetString()));
        var operation = document.GetProperty("paths").GetProperty("/api/mobile/orders/create").GetProperty("post");
        Assert.Equal("Idempotency-Key", Assert.Single(operation.GetProperty("parameters").EnumerateArray()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("Erp:TaxPercent", "-1"), InlineData("Erp:TaxPercent", "100.5"), InlineData("Erp:ShippingFee", "-0.01"), InlineData("Erp:Currency", "euro")]
    public async Task Start_ChargesOutOfBounds_IsRefused(string name, string value) =>
        await Assert.ThrowsAsync<OptionsValidationException>(() => WritesHost.StartAsync(templates, Db.Sqlite, (name, value)));
}
