using System.Diagnostics;
using System.Text;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>Garbage and malice: nothing is thrown, nothing hangs, the time is linear, and what is not understood is not trusted.</summary>
public sealed class SqlFuzzTests
{
    private static readonly string[] Pieces =
    [
        "SELECT", "FROM", "WHERE", "orders", "items", "customers", "id", "o", ".", ",", "(", ")", "=", "5", "@p", "$1", "?", ":x", "'x'", "'", "\"", "\"a\"", "[", "]", "`", "--",
        "/*", "*/", "$$", "$t$", "E'\\", ";", "AND", "OR", "NOT", "BETWEEN", "CASE", "WHEN", "THEN", "END", "IN", "IS", "NULL", "EXISTS", "JOIN", "LEFT", "FULL", "ON",
        "USING", "NATURAL", "UNION", "ALL", "WITH", "AS", "RECURSIVE", "INSERT", "INTO", "VALUES", "DEFAULT", "UPDATE", "SET", "DELETE", "MERGE", "CONFLICT", "DO", "NOTHING",
        "RETURNING", "*", "ANY", "ORDER", "BY", "LIMIT", "OFFSET", "FOR", "GROUP", "HAVING", "WINDOW", "OVER", "FILTER", "COPY", "TRUNCATE", "CREATE", "TRIGGER", "BEGIN",
        "COMMIT", "SAVEPOINT", "TO", "EXPLAIN", "big_orders", "lower", "::", "int", "-", "+", "||", "\0", "\ud800", "é", "LATERAL", "TABLE", "ONLY", "DISTINCT", "INDEXED",
    ];

    private static readonly SqlAnalyzer[] Analyzers =
        [new(TestSchemas.Sqlite.Schema) { ShowsDefects = true }, new(TestSchemas.PostgreSql.Schema) { ShowsDefects = true }];

    [Fact]
    public void Analyze_RandomPieces_NeverThrows()
    {
        for (var seed = 0; seed < 30_000; seed++)
        {
            var random = new Random(seed);
            var text = string.Join(random.Next(4) == 0 ? "" : " ", Enumerable.Range(0, random.Next(1, 30)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            Survive(text, seed);
        }
    }

    [Fact]
    public void Analyze_DamagedStatements_NeverThrows()
    {
        string[] texts =
        [
            .. ReadAnalysisTests.Pinned.Select(row => row.Data.Item2), .. ReadAnalysisTests.Coarse.Select(row => row.Data.Item2), .. WriteAnalysisTests.Known.Select(row => row.Data.Item2),
        ];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder(texts[random.Next(texts.Length)]);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(text.Length);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)),
                    1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                    _ => text.Insert(at, text.ToString(0, at)),
                };
                if (text.Length == 0)
                    text.Append('x');
            }

            Survive(text.ToString(), seed);
        }
    }

    public static TheoryData<string, int> Adversaries => new()
    {
        { "nested parentheses", 0 }, { "nested queries", 1 }, { "nested comments", 2 }, { "open quotes", 3 }, { "dollar tags", 4 }, { "one long list", 5 }, { "long conjunction", 6 },
        { "many joins", 7 }, { "many rows", 8 }, { "nested with", 9 }, { "unions", 10 }, { "operators", 11 }, { "statements", 12 }, { "case", 13 }, { "between", 14 },
        { "nested joins", 15 }, { "equal columns", 16 },
    };

    [Theory]
    [MemberData(nameof(Adversaries))]
    public void Analyze_AdversarialText_TakesLinearTime(string name, int kind)
    {
        Assert.NotEmpty(name);
        foreach (var dialect in new[] { SqlDialect.Sqlite, SqlDialect.PostgreSql })
        {
            Time(dialect, Adversary(kind, 1_000));
            var small = Time(dialect, Adversary(kind, 50_000));
            var large = Time(dialect, Adversary(kind, 100_000));

            // Quadratic would be four times; the constant hides noise of short runs.
            Assert.True(large < (3.5 * small) + 250, $"{dialect} {name}: {small:F0} ms, then {large:F0} ms");
        }
    }

    [Fact]
    public void Analyze_MegabyteStatement_IsUnderstood()
    {
        var text = $"SELECT * FROM orders WHERE id = 5 AND status IN ({string.Join(", ", Enumerable.Range(0, 90_000).Select(i => $"'s{i:D7}'"))})";

        Assert.True(text.Length > 1_000_000);
        Assert.Equal(ReadLevel.Row, Assert.Single(SqlDialect.PostgreSql.Analyze(text).Reads).Level);
    }

    [Fact]
    public void Analyze_DeeperThanTheBound_IsNotTrusted()
    {
        var text = string.Concat(Enumerable.Repeat("SELECT * FROM (", StatementContext.MaxDepth + 1)) + "SELECT 1" + string.Concat(Enumerable.Repeat(") x", StatementContext.MaxDepth + 1));

        Assert.Contains("deep", SqlDialect.Sqlite.Analyze(text).WritesAnything);
    }

    private static double Time(SqlDialect dialect, string text)
    {
        var start = Stopwatch.GetTimestamp();
        TestSchemas.Of(dialect).Analyze(text);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Adversary(int kind, int size)
    {
        string Repeat(string piece) => string.Concat(Enumerable.Repeat(piece, size));
        return kind switch
        {
            0 => $"SELECT {Repeat("(")}1{Repeat(")")} FROM orders WHERE {Repeat("(")}id = 1{Repeat(")")}",
            1 => Repeat("SELECT * FROM (") + "SELECT 1" + Repeat(") x"),
            2 => $"SELECT {Repeat("/*")} 1 {Repeat("*/")}",
            3 => Repeat("'' \" "),
            4 => Repeat("$a$ $b$ "),
            5 => $"SELECT * FROM orders WHERE id IN (1{Repeat(", 2")})",
            6 => $"SELECT * FROM orders WHERE id = 1{Repeat(" AND total = 2")}",
            7 => $"SELECT * FROM orders a{Repeat(" JOIN items i ON i.id = a.id")} WHERE a.id = 1",
            8 => $"INSERT INTO orders (id, customer_id) VALUES (1, 2){Repeat(", (3, 4)")}",
            9 => $"WITH x AS (SELECT 1){Repeat(", y AS (SELECT 2)")} SELECT * FROM x",
            10 => $"SELECT 1{Repeat(" UNION SELECT id FROM orders WHERE id = 1")}",
            11 => Repeat("+-*/<>=~!@#%^&|`?"),
            12 => Repeat("SELECT 1;"),
            13 => $"SELECT * FROM orders WHERE {Repeat("CASE WHEN id = 1 THEN ")}1{Repeat(" END")}",
            14 => $"SELECT * FROM orders WHERE {Repeat("id BETWEEN 1 AND ")}2",
            15 => $"SELECT * FROM {Repeat("(")}orders{Repeat(" JOIN items ON 1 = 1)")}",
            _ => $"SELECT * FROM orders a JOIN items b ON a.id = b.id{Repeat(" AND a.id = b.order_id AND b.id = a.customer_id")} WHERE a.id = 1",
        };
    }

    private static void Survive(string text, int seed)
    {
        foreach (var analyzer in Analyzers)
        {
            try
            {
                foreach (var statement in analyzer.Analyze(text).Statements)
                {
                    statement.ReadTemplate.Bind(TestParameters.None);
                    new WriteSetBuilder().Add(statement, TestParameters.None, new WriteObservation { Affected = -1 });
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Assert.Fail($"seed {seed}: {text}\n{exception}");
            }
        }
    }
}
