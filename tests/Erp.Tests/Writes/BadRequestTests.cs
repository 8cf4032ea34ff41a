using System.Net;
using System.Text;

namespace Erp.Tests.Writes;

/// <summary>What every write does with a body that is not what it asks for, shown on the richest one, and the members of every other.</summary>
public sealed class BadRequestTests(WritesTemplates templates)
{
    private const string Create = "/orders/create";

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_BadBody_NamesTheMember(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        (string Body, string Path, string Message)[] cases =
        [
            ("", "$", "body is needed"),
            ("{\n  \"customer_id\": 1,,}", "$", "line 2, byte 20"),
            ("[1]", "$", "Must be an object, not an array"),
            ("\"x\"", "$", "not a text"),
            ("""{"items":[{"product_id":1,"quantity":1}]}""", "customer_id", "Is required"),
            ("""{"customer_id":null,"items":[{"product_id":1,"quantity":1}]}""", "customer_id", "Must not be null"),
            ("""{"customer_id":"1","items":[{"product_id":1,"quantity":1}]}""", "customer_id", "positive whole number"),
            ("""{"customer_id":0,"items":[{"product_id":1,"quantity":1}]}""", "customer_id", "positive whole number"),
            ("""{"customer_id":99999999999999999999,"items":[{"product_id":1,"quantity":1}]}""", "customer_id", "positive whole number"),
            ("""{"customer_id":1}""", "items", "Is required"),
            ("""{"customer_id":1,"items":{}}""", "items", "Must be an array, not an object"),
            ("""{"customer_id":1,"items":[]}""", "items", "1 to 200 elements, not 0"),
            ("""{"customer_id":1,"items":[7]}""", "items[0]", "Must be an object, not a number"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":0}]}""", "items[0].quantity", "from 1 to 1000000"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":-3}]}""", "items[0].quantity", "from 1 to 1000000"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1.5}]}""", "items[0].quantity", "whole number"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":3000000000}]}""", "items[0].quantity", "from 1 to 1000000"),
            ("""{"customer_id":1,"items":[{"product_id":2,"quantity":1},{"product_id":1}]}""", "items[1].quantity", "Is required"),
            ("""{"customer_id":1,"items":[{"product_id":2,"quantity":1},{"product_id":2,"quantity":1}]}""", "items[1].product_id", "already in items[0]"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1,"colour":2}]}""", "items[0].colour", "Is not known here"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1}],"discount":5}""", "discount", "customer_id, items, notes, salesperson_id"),
            ("""{"customer_id":1,"customer_id":3,"items":[{"product_id":1,"quantity":1}]}""", "customer_id", "more than once"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1}],"notes":5}""", "notes", "Must be a text, not a number"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1}],"notes":"\u0000"}""", "notes", "U+0000"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1}],"notes":"\ud800"}""", "notes", "surrogate"),
            ("""{"customer_id":1,"items":[{"product_id":1,"quantity":1}],"\ud800":1}""", "$", "surrogate"),
            ("{\"customer_id\":1,\"items\":[{\"product_id\":1,\"quantity\":1}],\"notes\":\"" + new string('x', 2001) + "\"}", "notes", "1 to 2000"),
            ("{\"customer_id\":1,\"items\":[" + Many(201) + "]}", "items", "1 to 200 elements, not 201"),
            ("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""", "$", "not valid JSON"),
        ];

        foreach (var (body, path, message) in cases)
        {
            var answer = await host.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, Create, body);
            Assert.True(answer.ErrorsOf(path).Contains(message, StringComparison.Ordinal), $"{body}: {answer.ErrorsOf(path)}");
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_SeveralFaults_NamesAllOfThem(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.RefusedAsync(
            HttpStatusCode.BadRequest, HttpMethod.Post, Create, """{"salesperson_id":-1,"items":[{"quantity":0}],"x":1}""");

        var paths = answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal);
        Assert.Equal(["customer_id", "items[0].product_id", "items[0].quantity", "salesperson_id", "x"], paths);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_BytesThatAreNotUtf8_Is400(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        using var content = new ByteArrayContent([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");

        var answer = await SendAsync(host, content);

        Assert.Contains("not UTF-8", answer.Expect(HttpStatusCode.BadRequest).ErrorsOf("$"), StringComparison.Ordinal);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_OtherContentType_Is415(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        foreach (var type in (string?[])["text/plain", "application/xml", "application/json; charset=utf-16", null])
        {
            using var content = new ByteArrayContent("""{"customer_id":1,"items":[{"product_id":1,"quantity":1}]}"""u8.ToArray());
            if (type is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            (await SendAsync(host, content)).Expect(HttpStatusCode.UnsupportedMediaType);
        }
        Assert.Equal(0, await host.ValueAsync<long>("SELECT count(*) FROM orders"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_NeitherBodyNorType_Is400(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await SendAsync(host, content: null);

        Assert.Contains("body is needed", answer.Expect(HttpStatusCode.BadRequest).ErrorsOf("$"), StringComparison.Ordinal);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_MoreThan64KiB_Is413WithAndWithoutAStatedLength(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var order = """{"customer_id":1,"items":[{"product_id":1,"quantity":1}]}""";
        foreach (var hasLength in (bool[])[true, false])
        {
            using var tooLong = Content(order.PadRight(64 * 1024 + 1), hasLength);
            (await SendAsync(host, tooLong)).Expect(HttpStatusCode.RequestEntityTooLarge);
            Assert.Equal(0, await host.ValueAsync<long>("SELECT count(*) FROM orders"));
        }
        using var justRight = Content(order.PadRight(64 * 1024), hasLength: false);
        (await SendAsync(host, justRight)).Expect(HttpStatusCode.Created);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task EveryOtherWrite_BadMember_NamesIt(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderInStatusAsync("processing");
        foreach (var (method, path, body, member, message) in OtherWrites())
        {
            var answer = await host.RefusedAsync(HttpStatusCode.BadRequest, new HttpMethod(method), path, body);
            Assert.True(answer.ErrorsOf(member).Contains(message, StringComparison.Ordinal), $"{path} {body}: {answer.ErrorsOf(member)}");
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task EveryOtherWrite_UnknownId_Is404AndNamesIt(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        (string Method, string Path, string Body, string Member)[] cases =
        [
            ("PUT", "/orders/999999/status", """{"status":"confirmed"}""", "id"),
            ("PUT", "/orders/999999/items", """{"items":[{"product_id":1,"quantity":1}]}""", "id"),
            ("PUT", "/orders/999999/delivery", """{"status":"in_transit"}""", "id"),
            ("POST", "/orders/999999/cancel", """{"reason":"x"}""", "id"),
            ("PUT", "/products/999999", """{"name":"x"}""", "id"),
            ("PUT", "/products/1", """{"category_id":999999}""", "category_id"),
            ("PUT", "/products/999999/prices/1", """{"price":1}""", "id"),
            ("PUT", "/products/1/prices/999999", """{"price":1}""", "pricelist_id"),
            ("POST", "/products/999999/reviews", """{"customer_id":1,"rating":5,"review_text":"x"}""", "id"),
            ("POST", "/products/1/reviews", """{"customer_id":999999,"rating":5,"review_text":"x"}""", "customer_id"),
            ("POST", "/inventory/movements/record", """{"product_id":999999,"warehouse_id":1,"movement_type":"IN","quantity":1}""", "product_id"),
            ("POST", "/inventory/movements/record", """{"product_id":1,"warehouse_id":999999,"movement_type":"IN","quantity":1}""", "warehouse_id"),
            ("PUT", "/customers/999999", """{"name":"x"}""", "id"),
            ("PUT", "/customers/999999/credit-limit", """{"credit_limit":1}""", "id"),
            ("POST", "/payments", """{"customer_id":999999,"invoice_id":1,"amount":1,"payment_method":"cash"}""", "customer_id"),
            ("POST", "/payments", """{"customer_id":1,"invoice_id":999999,"amount":1,"payment_method":"cash"}""", "invoice_id"),
        ];
        foreach (var (method, path, body, member) in cases)
        {
            var answer = await host.RefusedAsync(HttpStatusCode.NotFound, new HttpMethod(method), path, body);
            Assert.True(answer.ErrorsOf(member).Contains("does not exist", StringComparison.Ordinal), $"{path} {body}: {answer.Text}");
        }
    }

    private static (string Method, string Path, string Body, string Member, string Message)[] OtherWrites() =>
    [
        ("PUT", "/orders/abc/status", """{"status":"shipped"}""", "id", "positive whole number"),
        ("PUT", "/orders/-1/status", """{"status":"shipped"}""", "id", "positive whole number"),
        ("PUT", "/orders/1/status", """{"status":"Shipped"}""", "status", "pending, confirmed, processing, shipped, completed, cancelled"),
        ("PUT", "/orders/1/status", "{}", "status", "Is required"),
        ("PUT", "/orders/1/items", """{"items":[]}""", "items", "1 to 200"),
        ("PUT", "/orders/1/delivery", """{"status":"lost"}""", "status", "pending, in_transit, delivered"),
        ("PUT", "/orders/1/delivery", """{"status":"in_transit","delivered_at":"2025-06-02T10:00:00Z"}""", "delivered_at", "only with the status delivered"),
        ("PUT", "/orders/1/delivery", """{"status":"delivered","delivered_at":"2025-06-02T10:00:00"}""", "delivered_at", "RFC 3339"),
        ("PUT", "/orders/1/delivery", """{"status":"delivered","delivered_at":"2025-06-03T10:00:00Z"}""", "delivered_at", "future"),
        ("PUT", "/orders/1/delivery", """{"status":"delivered","delivered_at":"2025-06-02T12:00:00+02:00"}""", "delivered_at", "before the order"),
        ("PUT", "/orders/1/delivery", """{"status":"in_transit","tracking_number":""}""", "tracking_number", "1 to 100"),
        ("POST", "/orders/1/cancel", "{}", "reason", "Is required"),
        ("POST", "/orders/1/cancel", """{"reason":"   "}""", "reason", "not only white space"),
        ("PUT", "/products/1", "{}", "$", "At least one member"),
        ("PUT", "/products/1", """{"name":null}""", "name", "Must not be null"),
        ("PUT", "/products/1", """{"is_active":"yes"}""", "is_active", "true or false"),
        ("PUT", "/products/1", """{"list_price":5}""", "list_price", "Is not known here"),
        ("PUT", "/products/x/prices/1", """{"price":1}""", "id", "positive whole number"),
        ("PUT", "/products/1/prices/x", """{"price":1}""", "pricelist_id", "positive whole number"),
        ("PUT", "/products/1/prices/1", """{"price":-1}""", "price", "from 0"),
        ("PUT", "/products/1/prices/1", """{"price":1.00001}""", "price", "at most 4 decimals"),
        ("PUT", "/products/1/prices/1", """{"price":1,"discount_percentage":100.01}""", "discount_percentage", "from 0 to 100"),
        ("PUT", "/products/1/prices/1", """{"price":1,"discount_percentage":null}""", "discount_percentage", "Must not be null"),
        ("POST", "/products/1/reviews", """{"customer_id":1,"rating":6,"review_text":"x"}""", "rating", "from 1 to 5"),
        ("POST", "/products/1/reviews", """{"customer_id":1,"rating":0,"review_text":"x"}""", "rating", "from 1 to 5"),
        ("POST", "/products/1/reviews", """{"customer_id":1,"rating":5,"review_text":""}""", "review_text", "1 to 2000"),
        ("POST", "/inventory/movements/record", """{"product_id":1,"warehouse_id":1,"movement_type":"in","quantity":1}""", "movement_type", "IN, OUT, ADJUSTMENT"),
        ("POST", "/inventory/movements/record", """{"product_id":1,"warehouse_id":1,"movement_type":"IN","quantity":0}""", "quantity", "from 1 to"),
        ("POST", "/inventory/movements/record", """{"product_id":1,"warehouse_id":1,"movement_type":"ADJUSTMENT","quantity":-1}""", "quantity", "from 0 to"),
        ("PUT", "/customers/1", """{"email":"nobody"}""", "email", "name@domain"),
        ("PUT", "/customers/1", """{"is_active":null}""", "is_active", "Must not be null"),
        ("PUT", "/customers/1/credit-limit", """{"credit_limit":-0.01}""", "credit_limit", "from 0"),
        ("PUT", "/customers/1/credit-limit", """{"credit_limit":0.001}""", "credit_limit", "at most 2 decimals"),
        ("PUT", "/customers/1/credit-limit", """{"credit_limit":1e300}""", "credit_limit", "from 0"),
        ("POST", "/payments", """{"customer_id":1,"invoice_id":1,"amount":0,"payment_method":"cash"}""", "amount", "from 0.01"),
        ("POST", "/payments", """{"customer_id":1,"invoice_id":1,"amount":1.005,"payment_method":"cash"}""", "amount", "at most 2 decimals"),
        ("POST", "/payments", """{"customer_id":1,"invoice_id":1,"amount":1,"payment_method":"gold"}""", "payment_method", "credit_card, bank_transfer, cash, cheque"),
    ];

    private static string Many(int count) =>
        string.Join(',', Enumerable.Range(1, count).Select(i => $$"""{"product_id":{{i}},"quantity":1}"""));

    private static HttpContent Content(string text, bool hasLength)
    {
        HttpContent content = hasLength
            ? new ByteArrayContent(Encoding.UTF8.GetBytes(text))
            : new StreamContent(new UnseekableStream(Encoding.UTF8.GetBytes(text)));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return content;
    }

    private static async Task<WriteAnswer> SendAsync(WritesHost host, HttpContent? content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, WritesHost.Prefix + Create) { Content = content };
        return await host.SendAsync(request);
    }

    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
