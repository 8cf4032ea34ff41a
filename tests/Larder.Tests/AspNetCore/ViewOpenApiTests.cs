using System.Text.Json.Nodes;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Larder.Tests.AspNetCore;

/// <summary>The document states what is really sent: the names and nullability of the views' JSON, not of the host's.</summary>
public sealed class ViewOpenApiTests : IAsyncLifetime
{
    private WebHost _host = null!;
    private JsonNode _document = null!;

    private JsonNode Operation => _document["paths"]!["/things/{id}"]!["get"]!;

    public async ValueTask InitializeAsync()
    {
        _host = await WebHost.StartAsync(app => app.MapView("/things/{id}", "things", view => view
            .Parameter<long>("id", id => id.AtLeast(1).Describe("The thing."))
            .Parameter("limit", 20, limit => limit.Between(1, 100))
            .Parameter("range", "week", range => range.OneOf("today", "week"))
            .Parameter<DateOnly>("as_of", day => day.DefaultToToday())
            .OptionalParameter<DateOnly>("since", day => day.AtLeast(new DateOnly(2020, 1, 1)))
            .OptionalParameter<string>("name", name => name.Between(2, 40))
            .OptionalParameter<decimal>("price").OptionalParameter<bool>("all").OptionalParameter<Guid>("key")
            .Required("thing", Code.Compute(inputs => new Thing(inputs.Get<long>("id"), "a thing", null, [new Part("b", 1.5m)], DateTimeOffset.UnixEpoch, Kind.Small, null)).Uses("id"))
            .Optional("last_parts", Code.Ask<IReadOnlyList<Part>>((_, _) => new((IReadOnlyList<Part>?)null)))
            .Required("totals", Code.Compute(_ => new Totals(1, null)), section => section.Inline())
            .Optional("more", Code.Ask<More>((_, _) => new(new More(2))), section => section.Inline())
            .Required("switched", Code.Ask<string>((_, _) => new("on")), section => section.When("all"))
            .Required("guard", Code.Ask<string>((_, _) => new("x")), section => section.Hidden()))
            .WithSummary("One thing"));
        _document = await _host.DocumentAsync();
    }

    [Fact]
    public void Document_IsOpenApi31AndKeepsTheConventionsOfTheEndpoint()
    {
        Assert.StartsWith("3.1.", (string)_document["openapi"]!);
        Assert.Equal("One thing", (string)Operation["summary"]!);
    }

    [Theory]
    [InlineData("id", """{"in":"path","required":true,"type":"integer","format":"int64","minimum":1}""")]
    [InlineData("limit", """{"in":"query","type":"integer","format":"int32","minimum":1,"maximum":100,"default":20}""")]
    [InlineData("range", """{"in":"query","type":"string","enum":["today","week"],"default":"week"}""")]
    [InlineData("as_of", """{"in":"query","description":"Default: today (UTC).","type":"string","format":"date"}""")]
    [InlineData("since", """{"in":"query","type":"string","format":"date"}""")]
    [InlineData("name", """{"in":"query","type":"string","minLength":2,"maxLength":40}""")]
    [InlineData("price", """{"in":"query","type":"number"}""")]
    [InlineData("all", """{"in":"query","type":"boolean"}""")]
    [InlineData("key", """{"in":"query","type":"string","format":"uuid"}""")]
    public void Parameters_HaveTypeBoundsWordsAndDefault(string name, string expected)
    {
        var parameter = Operation["parameters"]!.AsArray().Single(parameter => (string)parameter!["name"]! == name)!;
        var stated = new JsonObject();
        foreach (var member in parameter.AsObject().Where(member => member.Key is not ("name" or "schema")).Concat(parameter["schema"]!.AsObject()))
        {
            stated[member.Key] = member.Value!.DeepClone();
        }

        stated.Remove(name == "id" ? "description" : "none");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), stated), stated.ToJsonString());
    }

    [Fact]
    public async Task Responses_Shape_IsTheOneThatIsSent()
    {
        var schema = Operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        foreach (var query in new[] { "", "?all=true" })
        {
            var body = JsonNode.Parse((await _host.GetAsync("/things/7" + query)).Body)!;
            Assert.Empty(Differences(body, schema, "$"));
        }
    }

    [Fact]
    public void Responses_Members_AreNullableWhereTheyMayBeNull()
    {
        var data = Operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["properties"]!["data"]!["properties"]!;
        var thing = data["thing"]!["properties"]!;

        Assert.Equal(["thing", "last_parts", "total_count", "last_sale", "even_more", "switched"], data.AsObject().Select(member => member.Key));
        Assert.Equal(["id", "full_name", "nick_name", "all_parts", "created_at", "kind", "again"], thing.AsObject().Select(member => member.Key));
        Assert.Equal(
            "last_parts last_sale even_more switched thing.nick_name thing.again",
            string.Join(' ', data.AsObject().Where(MayBeNull).Select(member => member.Key).Concat(thing.AsObject().Where(MayBeNull).Select(member => "thing." + member.Key))));
        Assert.Equal("date-time", (string)thing["created_at"]!["format"]!);
        Assert.Equal(["full_price", "name"], thing["all_parts"]!["items"]!["properties"]!.AsObject().Select(member => member.Key).Order());
    }

    [Fact]
    public void Responses_Problems_AreStated()
    {
        Assert.Equal(["200", "400", "404", "502", "503", "504"], Operation["responses"]!.AsObject().Select(response => response.Key));
        foreach (var (status, response) in Operation["responses"]!.AsObject().Where(response => response.Key != "200"))
        {
            var schema = response!["content"]!["application/problem+json"]!["schema"]!;
            Assert.Equal(status == "400", schema["properties"]!["errors"] is not null);
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static bool MayBeNull(KeyValuePair<string, JsonNode?> member) =>
        member.Value!["type"] is JsonArray types ? types.Any(type => (string)type! == "null")
        : member.Value["oneOf"]?.AsArray().Any(one => (string?)one!["type"] == "null") == true;

    /// <summary>A small validator: types, members that are required, members that are not stated, alternatives.</summary>
    private static IEnumerable<string> Differences(JsonNode? value, JsonNode schema, string path)
    {
        if (schema["oneOf"] is JsonArray alternatives)
        {
            return alternatives.Count(alternative => !Differences(value, alternative!, path).Any()) == 1 ? [] : [$"{path} is none of its alternatives"];
        }

        var types = schema["type"] switch { JsonArray several => several.Select(type => (string)type!).ToArray(), { } one => [(string)one!], null => [] };
        var kind = value?.GetValueKind() switch
        {
            null or System.Text.Json.JsonValueKind.Null => "null",
            System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
            System.Text.Json.JsonValueKind.Number => "number",
            { } other => other.ToString().ToLowerInvariant(),
        };
        if (!types.Contains(kind) && !(kind == "number" && types.Contains("integer")))
        {
            return [$"{path} is {kind}, stated {string.Join('|', types)}"];
        }

        return value switch
        {
            JsonObject members when schema["properties"] is JsonObject stated => members.Where(member => stated[member.Key] is null).Select(member => $"{path}.{member.Key} is not stated")
                .Concat(schema["required"]?.AsArray().Where(name => !members.ContainsKey((string)name!)).Select(name => $"{path}.{name} is missing") ?? [])
                .Concat(members.Where(member => stated[member.Key] is not null).SelectMany(member => Differences(member.Value, stated[member.Key]!, $"{path}.{member.Key}"))),
            JsonArray items => items.SelectMany((item, i) => Differences(item, schema["items"]!, $"{path}[{i}]")),
            _ => [],
        };
    }

    internal enum Kind
    {
        Small,
    }

    internal sealed record Thing(long Id, string FullName, string? NickName, IReadOnlyList<Part> AllParts, DateTimeOffset CreatedAt, Kind Kind, Thing? Again);

    internal sealed record Part(string Name, decimal FullPrice);

    internal sealed record Totals(int TotalCount, DateOnly? LastSale);

    internal sealed record More(int EvenMore);
}
