using System.Globalization;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>A write that was really run, what it told about its rows, and which queries then gave another answer.</summary>
internal sealed record ExecutedWrite(
    SqlCase Write, WriteObservation Observed, IReadOnlyList<(string Relation, string ForeignKey, IReadOnlyList<object?[]> Rows)> Parents, bool[] Changed, bool[] Counts)
{
    /// <summary>The answers before it are of the world as it was made, and not of one that another write had changed.</summary>
    public bool IsFirst { get; init; }
}

/// <summary>One world with some queries and writes, run once; the analysis is judged afterwards, as often as there are bugs to plant.</summary>
internal sealed class SoundnessRound
{
    public const int Queries = 16;
    public const int Writes = 12;

    private SoundnessRound(int seed, World world, SchemaModel model, SoundnessDatabase database, List<SqlCase> queries)
    {
        (Seed, World, Model, Database, QueryCases) = (seed, world, model, database, queries);
    }

    public int Seed { get; }

    public World World { get; }

    public SchemaModel Model { get; }

    public List<SqlCase> QueryCases { get; }

    public List<ExecutedWrite> Executed { get; } = [];

    private SoundnessDatabase Database { get; }

    public static async Task<SoundnessRound> RunAsync(SoundnessDatabase database, SqlDialect dialect, int seed)
    {
        var world = new WorldGenerator(dialect, seed).Generate();
        await database.CreateAsync(world);
        var dice = new Dice(seed + 1_000_000);
        var model = await database.ReadModelAsync(world.Declarations);
        var queries = new List<SqlCase>();
        var before = new List<string>();
        for (var tries = 0; queries.Count < Queries && tries < 8 * Queries; tries++)
        {
            var query = new QueryGenerator(world, dice).Generate();
            if ((await database.AnswerAsync([query]))[0] is not { } answer)
                continue;

            // Most conditions that nothing meets are of no use.
            if (answer.Length == 0 && dice.Chance(0.85))
                continue;
            queries.Add(query);
            before.Add(answer);

            // What a probe gave is remembered until a write of what it reads: it is a query like any other.
            foreach (var probe in ProbesOf(model, query).Where(_ => dice.Chance(0.2)))
            {
                if ((await database.AnswerAsync([probe]))[0] is not { } probed)
                    continue;
                queries.Add(probe);
                before.Add(probed);
            }
        }

        var round = new SoundnessRound(seed, world, model, database, queries);
        for (var tries = 0; round.Executed.Count < Writes && tries < 20 * Writes; tries++)
            await round.WriteAsync(dice, [.. before]);
        return round;
    }

    private static IEnumerable<SqlCase> ProbesOf(SchemaModel model, SqlCase query) =>
        new SqlAnalyzer(model).Analyze(query.Text).Statements[0].ReadTemplate.Probes.Select(probe => query with { Text = probe.Text });

    private async Task WriteAsync(Dice dice, string?[] before)
    {
        var write = new WriteGenerator(World, dice).Generate();
        var mode = dice.Weighted(3, 5, 4);
        var analysis = new SqlAnalyzer(Model).Analyze(write.Text).Statements[0];
        var interloper = mode == 1 && analysis.Capture is not null && dice.Chance(0.5)
            ? new WriteGenerator(World, dice).Interloper(analysis.Target!.Relation.Definition.Name)
            : null;
        await Database.BeginAsync();
        try
        {
            IReadOnlyList<object?[]>? captured = null;
            if (mode == 1 && analysis.Capture is { } capture)
            {
                if (await Database.ExecuteAsync(capture.Text, write) is not { } rows)
                    return;
                captured = rows.Rows;
            }

            if (interloper is not null)
            {
                if (await Database.ExecuteAsync(interloper.Text, interloper) is null)
                    return;
                before = await Database.AnswerAsync(QueryCases);
            }

            var suffix = mode == 2 ? analysis.ReturningSuffix : null;
            if (await Database.ExecuteAsync(write.Text + suffix, write) is not { } done)
                return;
            var after = await Database.AnswerAsync(QueryCases);
            var observed = Observe(analysis, captured, done, suffix is not null);
            var parents = await ReadParentsAsync(analysis, write, observed);

            // Writes that change little are dealt out more thinly than they come.
            if (after.Where((answer, i) => answer != before[i]).Count() < QueryCases.Count / 3 && dice.Chance(0.96))
                return;
            Executed.Add(new ExecutedWrite(
                write,
                observed,
                parents,
                [.. after.Select((answer, i) => answer != before[i])],
                [.. after.Select((answer, i) => answer is not null && before[i] is not null)]) { IsFirst = interloper is null });
        }
        finally
        {
            await Database.RollbackAsync();
        }
    }

    // This transaction is alone, which is what the share lock is there for.
    private async Task<List<(string, string, IReadOnlyList<object?[]>)>> ReadParentsAsync(StatementAnalysis analysis, SqlCase write, WriteObservation observed)
    {
        var parents = new List<(string, string, IReadOnlyList<object?[]>)>();
        var builder = new WriteSetBuilder();
        builder.Add(analysis, Database.ParametersOf(write), observed);
        foreach (var query in builder.ParentQueries())
        {
            if (await Database.ExecuteAsync(query) is { } rows)
                parents.Add((query.ForeignKey.Relation.TagName, query.ForeignKey.Name, rows));
        }

        return parents;
    }

    private static WriteObservation Observe(
        StatementAnalysis analysis, IReadOnlyList<object?[]>? captured, (List<object?[]> Rows, Dictionary<string, int> Ordinals, int Affected) done, bool hasSuffix)
    {
        var ordinals = hasSuffix
            ? analysis.ReturningColumns.Select((column, i) => (column.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i)
            : null;

        // SQLite's provider does not count the rows of a statement that returns them.
        return new WriteObservation
        {
            Captured = captured,
            Returned = hasSuffix ? done.Rows : null,
            ReturnedOrdinals = ordinals,
            Affected = hasSuffix ? done.Rows.Count : done.Affected,
        };
    }

    /// <summary>
    /// The tags of a query and whether it is cached at all. Its probes are really run, and see the world as it was made: the tags without them are those for
    /// what was read in another one.
    /// </summary>
    public async Task<(StatementAnalysis Analysis, Tag[]? Tags, Tag[]? WithoutProbes)> ReadAsync(SqlAnalyzer analyzer, SqlCase query, AnalyzerFaults faults)
    {
        var analysis = analyzer.Analyze(query.Text).Statements[0];
        if (!analysis.IsCacheable)
            return (analysis, null, null);
        var found = new List<IReadOnlyList<object?>?>();
        var answer = analysis.ReadTemplate.Told.Any(column => column is not null) ? await Database.ExecuteAsync(query.Text, query) : null;
        foreach (var (probe, told) in analysis.ReadTemplate.Probes.Zip(analysis.ReadTemplate.Told))
        {
            Probes++;
            var rows = await Database.ExecuteAsync(probe.Text, query);
            FailedProbes += rows is null ? 1 : 0;
            var probed = rows?.Rows.ConvertAll(row => row[0]);
            if (told is not null && answer is { } result && result.Ordinals.TryGetValue(told.Name, out var ordinal) && told.Tell([.. result.Rows.Select(row => row[ordinal]).Distinct()], isComplete: true) is { } values)
            {
                Told++;
                if (probed is not null && !TextsOf(values).SetEquals(TextsOf(probed)))
                    ToldOtherwise.Add($"{query}\n  {told}: {string.Join(' ', values)}\n  {probe.Text}: {string.Join(' ', probed)}");
                probed = [.. values];
            }

            found.Add(probed);
        }

        var parameters = Database.ParametersOf(query);
        return (analysis, analysis.ReadTemplate.Bind(parameters, found, faults), analysis.ReadTemplate.Bind(parameters, faults));
    }

    // A key and what refers to it may be integers of different sizes.
    private static HashSet<string?> TextsOf(IEnumerable<object?> values) => [.. values.Where(value => value is not null).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))];

    public int Probes { get; private set; }

    /// <summary>Those that the query's own result answered.</summary>
    public int Told { get; private set; }

    /// <summary>Those that it answered otherwise than the probe.</summary>
    public List<string> ToldOtherwise { get; } = [];

    /// <summary>Those that the database refused, though it took their query.</summary>
    public int FailedProbes { get; private set; }

    /// <summary>The tags of a write; null where it counts as writing everything.</summary>
    public Tag[]? Write(SqlAnalyzer analyzer, ExecutedWrite executed, AnalyzerFaults faults)
    {
        var builder = new WriteSetBuilder(faults);
        builder.Add(analyzer.Analyze(executed.Write.Text).Statements[0], Database.ParametersOf(executed.Write), executed.Observed);
        foreach (var query in builder.ParentQueries())
        {
            foreach (var (_, _, rows) in executed.Parents.Where(known => (known.Relation, known.ForeignKey) == (query.ForeignKey.Relation.TagName, query.ForeignKey.Name)))
                builder.AddParents(query, rows);
        }

        return builder.WritesAnything is null ? builder.ToTags() : null;
    }
}
