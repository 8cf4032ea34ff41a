using System.Globalization;
using System.Text;
using Larder.Freshness;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Judges the analysis by what really happened.</summary>
internal sealed class SoundnessReport(string database)
{
    private readonly int[] _levels = new int[4];
    private readonly HashSet<string> _uncacheable = [];

    public int Pairs { get; private set; }

    public int ChangedPairs { get; private set; }

    public int PinnedPairs { get; private set; }

    /// <summary>Changed answers of queries that look rows up.</summary>
    public int LookedUpPairs { get; private set; }

    public int Probes { get; private set; }

    public int FailedProbes { get; private set; }

    /// <summary>Probes that the query's own result answered.</summary>
    public int Told { get; private set; }

    public int MetPairs { get; private set; }

    public int NeedlesslyMetPairs { get; private set; }

    public int UnknownWrites { get; private set; }

    public int Writes { get; private set; }

    public List<string> Violations { get; } = [];

    /// <summary>Adds a round; stops at the first violation where one is enough.</summary>
    public async Task AddAsync(SoundnessRound round, AnalyzerFaults faults = AnalyzerFaults.None, bool stopsAtFirst = false)
    {
        var analyzer = new SqlAnalyzer(faults == AnalyzerFaults.None ? round.Model : round.Model.Plant(faults), faults) { ShowsDefects = true };
        round.ToldOtherwise.Clear();
        var reads = new List<(StatementAnalysis Analysis, Tag[]? Tags, Tag[]? WithoutProbes)>();
        foreach (var query in round.QueryCases)
            reads.Add(await round.ReadAsync(analyzer, query, faults));
        (Probes, FailedProbes, Told) = (Probes + round.Probes, FailedProbes + round.FailedProbes, Told + round.Told);
        if (faults is AnalyzerFaults.None or AnalyzerFaults.ResultOfMadeUpRowTrusted)
            Violations.AddRange(round.ToldOtherwise);
        if (stopsAtFirst && Violations.Count > 0)
            return;
        foreach (var executed in round.Executed)
        {
            var written = round.Write(analyzer, executed, faults);
            Writes++;
            UnknownWrites += written is null ? 1 : 0;
            for (var i = 0; i < reads.Count; i++)
            {
                if (!executed.Counts[i])
                    continue;
                var tags = executed.IsFirst ? reads[i].Tags : reads[i].WithoutProbes;
                var meets = written is null || tags is null || tags.Intersect(written).Any();
                Count(reads[i].Analysis, executed.Changed[i], meets);
                if (!executed.Changed[i] || meets)
                    continue;
                Violations.Add(Describe(round, i, executed, reads[i].Analysis));
                if (stopsAtFirst)
                    return;
            }
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {database}: {Pairs} pairs, {Share(ChangedPairs)} changed the answer, {Share(PinnedPairs)} pinned
          read at row {Share(_levels[0])}, column {Share(_levels[1])}, table {Share(_levels[2])}, uncacheable {Share(_levels[3])}
          tags met {Share(MetPairs)}; of these without need {(MetPairs == 0 ? 0 : 100.0 * NeedlesslyMetPairs / MetPairs):F1} %; writes taken for anything {UnknownWrites} of {Writes}
          {Probes} probes, {FailedProbes} refused, {Told} answered by the result itself; {LookedUpPairs} changed answers of queries that look rows up
          uncacheable because: {string.Join("; ", _uncacheable.Take(5))}
        """);

    private string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / Math.Max(Pairs, 1):F1} %");

    private void Count(StatementAnalysis read, bool changed, bool meets)
    {
        Pairs++;
        ChangedPairs += changed ? 1 : 0;
        MetPairs += meets ? 1 : 0;
        NeedlesslyMetPairs += meets && !changed ? 1 : 0;
        if (!read.IsCacheable)
            _uncacheable.Add(read.NotCacheable ?? read.Kind.ToString());

        // A read is as coarse as its coarsest table.
        var level = !read.IsCacheable ? 3 : read.Reads.IsEmpty ? 0 : read.Reads.Max(table => (int)table.Level);
        _levels[level]++;
        LookedUpPairs += changed && read.Reads.Any(table => table.Lookup is not null) ? 1 : 0;
        PinnedPairs += read.IsCacheable && read.Reads.Any(table => table.Pin is not null) ? 1 : 0;
    }

    private string Describe(SoundnessRound round, int query, ExecutedWrite executed, StatementAnalysis read)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"LARDER_SQL_SEED={round.Seed} dotnet run --project tests/Larder.Tests -- -class '*.{database}SoundnessTests'\n");
        text.AppendJoin(";\n", round.World.Statements).Append(";\n");
        text.Append(CultureInfo.InvariantCulture, $"query {query}: {round.QueryCases[query]}\n");
        foreach (var table in read.Reads)
            text.Append(CultureInfo.InvariantCulture, $"  {table.Relation.TagName} {table.Level}: {table.Because}\n");
        text.Append(CultureInfo.InvariantCulture, $"write: {executed.Write}\n  affected {executed.Observed.Affected}, captured {executed.Observed.Captured?.Count}, returned {executed.Observed.Returned?.Count}\n");
        foreach (var write in new SqlAnalyzer(round.Model).Analyze(executed.Write.Text).Statements[0].Writes)
            text.Append(CultureInfo.InvariantCulture, $"  {write.Relation.TagName} {write.Events} any={write.IsAnyRow} {string.Join(", ", write.Columns.Select(c => $"{c.Column.Name}[{c.IsOldKnown}:{string.Join(' ', c.Old)} {c.IsNewKnown}:{string.Join(' ', c.New)}]"))}\n");
        return text.ToString();
    }
}
