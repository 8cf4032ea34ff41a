using FsCheck;
using FsCheck.Fluent;
using Larder.Data;

namespace Larder.Tests.Data;

public sealed class SqlParameterNamesTests
{
    [Theory]
    [InlineData("SELECT 1", "")]
    [InlineData("SELECT @id", "id")]
    [InlineData("SELECT @b, @a, @b", "b a")]
    [InlineData("SELECT @id::bigint + @x", "id x")]
    [InlineData("WHERE (@status IS NULL OR status=@status)AND id=@id", "status id")]
    [InlineData("SELECT '@no' || '''@no' || @yes", "yes")]
    [InlineData("SELECT 'someone@example.com', @yes", "yes")]
    [InlineData("SELECT \"@no\"\"@no\", @yes", "yes")]
    [InlineData("SELECT `@no`, @yes", "yes")]
    [InlineData("SELECT E'it\\'s @no', @yes", "yes")]
    [InlineData("SELECT type'\\', @yes", "yes")]
    [InlineData("SELECT 1 -- @no\n, @yes", "yes")]
    [InlineData("SELECT 1 -- @no", "")]
    [InlineData("SELECT 1 /* @no */, @yes", "yes")]
    [InlineData("SELECT 1 /* /* @no */ @no */, @yes", "yes")]
    [InlineData("SELECT 1 /* @no", "")]
    [InlineData("SELECT $$ @no $$, @yes", "yes")]
    [InlineData("SELECT $tag$ @no $$ @no $tag$, @yes", "yes")]
    [InlineData("SELECT $1 + @a + $2 + @b", "a b")]
    [InlineData("SELECT tags @> @wanted, v @@ @query, @-5", "wanted query")]
    [InlineData("SELECT a@b", "")]
    [InlineData("SELECT @@version", "")]
    [InlineData("SELECT x[@i], ARRAY[@a,@b]", "i a b")]
    [InlineData("SELECT 'open @no", "")]
    [InlineData("@", "")]
    [InlineData("", "")]
    public void Find_Text_GivesTheParametersOutsideOfStringsAndComments(string sql, string names) =>
        Assert.Equal(names, string.Join(' ', SqlParameterNames.Find(sql)));

    [Theory]
    [InlineData("SELECT 1", "SELECT 1")]
    [InlineData("SELECT @b, @a, @b", "SELECT $1, $2, $1")]
    [InlineData("SELECT '@no' || @yes -- @no", "SELECT '@no' || $1 -- @no")]
    [InlineData("WHERE v @> @a::jsonb AND w=@b", "WHERE v @> $1::jsonb AND w=$2")]
    [InlineData("SELECT $$ @no $$ || @yes, 'open @no", "SELECT $$ @no $$ || $1, 'open @no")]
    public void ToPositional_Text_NumbersTheParametersInTheirOrder(string sql, string positional) =>
        Assert.Equal(positional, SqlParameterNames.ToPositional(sql));

    /// <summary>Pieces of SQL in any order and number: exactly the parameters among them are found.</summary>
    [Fact]
    public void Find_AnySequenceOfTokens_GivesExactlyTheParametersAmongThem()
    {
        (string Text, string? Name)[] tokens =
        [
            ("@a", "a"), ("@b_2", "b_2"), ("@C", "C"), ("'@x'", null), ("'it''s @x'", null), ("\"@x\"", null), ("E'\\'@x'", null),
            ("/* @x /* @x */ */", null), ("-- @x\n", null), ("$$@x'$$", null), ("$q$ @x $$ $q$", null), ("x::int", null), ("$1", null), ("@>", null),
        ];
        var sequences = Gen.Elements(tokens).ListOf().ToArbitrary();

        Prop.ForAll(sequences, sequence =>
            SqlParameterNames.Find(string.Join(' ', sequence.Select(token => token.Text)))
                .SequenceEqual(sequence.Select(token => token.Name).OfType<string>().Distinct())).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Find_AnyTextAtAll_GivesNamesThatStandInIt() =>
        Prop.ForAll<string>(text => SqlParameterNames.Find("@" + text + "'\"@$/*-@" + text)
            .All(name => name.Length > 0 && ("@" + text).Contains("@" + name, StringComparison.Ordinal))).QuickCheckThrowOnFailure();
}
