using System.Net.Http.Headers;
using System.Text.Json;

namespace Erp.Tests.Views;

internal sealed record ViewAnswer(int Status, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Body { get; } = JsonDocument.Parse(Text).RootElement;

    public JsonElement Data => Status == 200 ? Body.GetProperty("data") : throw new InvalidOperationException(Text);

    public JsonElement Metadata => Body.GetProperty("metadata");

    /// <summary>The data as it was written, to compare answers byte for byte.</summary>
    public string DataText => Data.GetRawText();

    /// <summary>The sections that could not be read, with the reason; empty for a complete answer.</summary>
    public IReadOnlyList<string> Errors => Metadata.TryGetProperty("errors", out var errors)
        ? [.. errors.EnumerateArray().Select(error => $"{error.GetProperty("section").GetString()} {error.GetProperty("reason").GetString()}")]
        : [];

    /// <summary>The value at a path of members and indexes: <c>financial.balance.total</c>, <c>recent_orders.items.0.id</c>.</summary>
    public JsonElement At(string path) => path.Split('.').Aggregate(
        Data, (element, part) => element.ValueKind == JsonValueKind.Array ? element[int.Parse(part)] : element.GetProperty(part));

    public decimal Money(string path) => At(path).GetDecimal();

    public decimal? MoneyOrNull(string path) => At(path) is { ValueKind: not JsonValueKind.Null } value ? value.GetDecimal() : null;

    public long Number(string path) => At(path).GetInt64();

    public string? Word(string path) => At(path).GetString();

    public bool Flag(string path) => At(path).GetBoolean();

    public bool IsNull(string path) => At(path).ValueKind == JsonValueKind.Null;

    public IReadOnlyList<JsonElement> List(string path) => [.. At(path).EnumerateArray()];

    /// <summary>One member of every element of a list.</summary>
    public IReadOnlyList<long> Ids(string path, string member = "id") => [.. List(path).Select(element => element.GetProperty(member).GetInt64())];
}
