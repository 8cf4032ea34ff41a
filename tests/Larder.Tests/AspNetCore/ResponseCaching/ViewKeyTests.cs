using FsCheck;
using FsCheck.Fluent;
using Larder.AspNetCore.ResponseCaching;
using Larder.Caching;
using Larder.Tests.Views;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Http;

namespace Larder.Tests.AspNetCore.ResponseCaching;

public sealed class ViewKeyTests
{
    private static readonly View View = View.Create("keyed")
        .OptionalParameter<int>("i").Parameter("l", 7L).OptionalParameter<decimal>("m").Parameter("b", true)
        .Parameter<DateOnly>("d", day => day.DefaultToToday()).OptionalParameter<Guid>("g").OptionalParameter<string>("s")
        .Required("value", Code.Compute(_ => 1)).Build();

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryWrite_AnyTwoQueries_GiveOneKeyExactlyWhereTheyHaveTheSameValues()
    {
        var text = Gen.Elements(
            "", "0", "1", "01", "+1", "-0", "7", "007", "1.50", "1.5", "0.0", "-0.0", "true", "TRUE", "True", "tRUE", "false", "2025-01-01", "2025-1-1", "2025-01-02",
            "a", "A", ":", "%3A", "%25-", "%-", "*", "%2A", "a%20b", "a+b", "%00", "{00000000-0000-0000-0000-000000000001}", "00000000-0000-0000-0000-000000000001",
            "00000000000000000000000000000001", "99999999999999999999", "1e2", " 1", "%201", "79228162514264337593543950335", "%D9%A1");
        var pair = from name in Gen.Elements("i", "I", "l", "m", "b", "d", "g", "s", "x", "%69", "utm") from value in text select $"{name}={value}";
        var query = pair.ArrayOf().Where(pairs => pairs.Length < 6).Select(pairs => string.Join('&', pairs));
        var key = new ViewKey(View, "app", _time);

        Prop.ForAll(query.Two().ToArbitrary(), queries =>
            {
                var (first, second) = (KeyAndValues(key, queries.Item1), KeyAndValues(key, queries.Item2));
                return first is null || second is null || (first.Value.Key == second.Value.Key) == (first.Value.Values == second.Value.Values);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void TryWrite_TheDayChanges_TheDefaultDoesToo()
    {
        var key = new ViewKey(View, "app", _time);
        var before = Written(key, "");
        _time.Advance(TimeSpan.FromHours(24));

        Assert.NotEqual(before, Written(key, ""));
        Assert.Equal(before, Written(key, "d=2025-01-01"));
        Assert.StartsWith("bff:app:keyed:%-:7:%-:true:2025-01-01:%-:%-:", before);
    }

    /// <summary>Null: the request is refused. What is written from the text of a request is what is written from its values.</summary>
    private (string Key, string Values)? KeyAndValues(ViewKey key, string query)
    {
        var written = Written(key, query);
        var arguments = ViewHost.Bind(View, _time, query, out var errors);
        if (errors.Count > 0)
        {
            return null;
        }

        Assert.Equal(key.Of(arguments), written);
        return (written!, string.Join('\u0001', View.Parameters.Select(parameter => arguments[parameter.Name] is { } value ? $"={value switch { decimal number => number / 1.000000000000000000000000000000m, _ => value }}" : "")));
    }

    private static string? Written(ViewKey key, string query)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("?" + query);
        var writer = new CacheKeyWriter(key.Head, stackalloc char[16]);
        var text = key.TryWrite(context, ref writer) ? writer.Finish().ToString() : null;
        writer.Dispose();
        return text;
    }
}
