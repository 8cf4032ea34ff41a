using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.Tests.SqlAnalysis;

public sealed class SqlTokenizerTests
{
    [Theory]
    [InlineData(SqlDialect.PostgreSql, "a /* x /* y */ z */ b", "Word:a Word:b")]
    [InlineData(SqlDialect.Sqlite, "a /* x /* y */ z", "Word:a Word:z")]
    [InlineData(SqlDialect.Sqlite, "a /* open", "Word:a")]
    [InlineData(SqlDialect.PostgreSql, "a /* open", "Word:a Unknown:/* open")]
    [InlineData(SqlDialect.PostgreSql, "a -- b\nc", "Word:a Word:c")]
    [InlineData(SqlDialect.PostgreSql, "'it''s' E'\\'' $$;$$ $t$ $$ $t$ U&'x' B'1'", "Text:'it''s' OpaqueText:E'\\'' OpaqueText:$$;$$ OpaqueText:$t$ $$ $t$ OpaqueText:U&'x' OpaqueText:B'1'")]
    [InlineData(SqlDialect.PostgreSql, "'a\\b' \"a\"\"b\" U&\"x\"", "OpaqueText:'a\\b' QuotedName:\"a\"\"b\" Unknown:U&\"x\"")]
    [InlineData(SqlDialect.Sqlite, "'a\\' \"x\" [a b] `c` x'00'", "Text:'a\\' QuotedName:\"x\" QuotedName:[a b] QuotedName:`c` OpaqueText:x'00'")]
    [InlineData(SqlDialect.PostgreSql, "@a :b $1 a::int b:=1", "Parameter:@a Parameter::b Parameter:$1")]
    [InlineData(SqlDialect.Sqlite, "@a :b $c ? ?12", "Parameter:@a Parameter::b Parameter:$c Parameter:? Parameter:?12")]
    [InlineData(SqlDialect.PostgreSql, "a=-5 a=@b a<-- c", "Operator:= Operator:- Operator:= Operator:<")]
    [InlineData(SqlDialect.PostgreSql, "a @> b -> c ->> d ?| e", "Operator:@> Operator:-> Operator:->> Operator:?|")]
    [InlineData(SqlDialect.Sqlite, "a==b||c<>d->>e", "Operator:== Operator:|| Operator:<> Operator:->>")]
    [InlineData(SqlDialect.Sqlite, "1.5e-3 .5 0x1F 7", "Number:1.5e-3 Number:.5 Number:0x1F Number:7")]
    [InlineData(SqlDialect.PostgreSql, "'open", "Unknown:'open")]
    [InlineData(SqlDialect.Sqlite, "[open", "Unknown:[open")]
    [InlineData(SqlDialect.PostgreSql, "$t$ open", "Unknown:$t$ open")]
    public void TryRead_Text_CutsItAsTheDatabaseDoes(SqlDialect dialect, string text, string expected)
    {
        var tokens = new List<string>();
        var tokenizer = new SqlTokenizer(text, dialect);
        while (tokenizer.TryRead(out var token))
            tokens.Add($"{token.Kind}:{text.Substring(token.Start, token.Length)}");

        // Only the kinds that the expectation speaks of.
        var kinds = expected.Split(' ').Select(part => part.Split(':')[0]).Where(kind => Enum.TryParse<SqlTokenKind>(kind, out _)).ToHashSet();
        Assert.Equal(expected, string.Join(' ', tokens.Where(token => kinds.Contains(token.Split(':')[0]))));
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "Orders", "orders")]
    [InlineData(SqlDialect.PostgreSql, "\"Orders\"", "Orders")]
    [InlineData(SqlDialect.PostgreSql, "ÄÖ", "ÄÖ")]
    [InlineData(SqlDialect.Sqlite, "[Orders X]", "orders x")]
    [InlineData(SqlDialect.Sqlite, "\"a\"\"B\"", "a\"b")]
    public void Name_Token_IsFoldedAsTheDatabaseDoes(SqlDialect dialect, string text, string name) =>
        Assert.Equal(name, SqlTokens.Read(text, dialect).Name(0));

    [Fact]
    public void TryRead_LongText_AllocatesNothing()
    {
        var text = string.Concat(Enumerable.Repeat("SELECT a.b, 'x' FROM \"t\" WHERE id = @id -- c\n", 200));
        Count(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = Count(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(200 * 12, count);
        Assert.Equal(0, allocated);
    }

    private static int Count(string text)
    {
        var count = 0;
        var tokenizer = new SqlTokenizer(text, SqlDialect.PostgreSql);
        while (tokenizer.TryRead(out _))
            count++;
        return count;
    }
}
