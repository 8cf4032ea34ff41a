using System.Data.Common;
using Larder.Freshness;
using Larder.Views;
using Larder.Views.Execution;
using Larder.Views.Sources;

namespace Larder.Data;

/// <summary>A database that sections read from: a <see cref="DbDataSource"/> under a name. Disposing closes the connections it keeps.</summary>
public sealed class SqlDatabase : IAsyncDisposable
{
    /// <summary>The name a source uses when it names none.</summary>
    public const string DefaultName = "default";

    private long _statements;

    /// <summary>Names a data source.</summary>
    /// <param name="dataSource">Where connections come from. Not disposed by this object.</param>
    /// <param name="options">How values are stored and bound; null for the defaults.</param>
    /// <param name="name">The name that sources refer to it by.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public SqlDatabase(DbDataSource dataSource, SqlDatabaseOptions? options = null, string name = DefaultName)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Options = options ?? new SqlDatabaseOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Options.IntegerDecimalScale, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(Options.KeptConnections, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Options.KeptStatements, nameof(options));
        DataSource = dataSource;
        Name = name;
        Values = new SqlValueReader(Options.IntegerDecimalScale);
        Sessions = new SqlSessionPool(dataSource, Options.KeptConnections, Options.KeptStatements);
    }

    /// <summary>The name that sources refer to this database by.</summary>
    public string Name { get; }

    /// <summary>Where connections come from.</summary>
    public DbDataSource DataSource { get; }

    /// <summary>How values are stored and bound, and how a statement is interrupted.</summary>
    public SqlDatabaseOptions Options { get; }

    /// <summary>The statements that views have run here since the start, the probes of lookups among them.</summary>
    internal long Statements => Interlocked.Read(ref _statements);

    internal SqlValueReader Values { get; }

    internal SqlSessionPool Sessions { get; }

    /// <summary>Closes the connections that are kept; those in use are closed when they are given back.</summary>
    public ValueTask DisposeAsync() => Sessions.DisposeAsync();

    internal void CountStatements(int count) => Interlocked.Add(ref _statements, count);

    internal string TextOf(SqlSource source) => Options.UsesPositionalParameters ? source.PositionalText : source.Text;

    internal string TextOf(ReadProbe probe) => Options.UsesPositionalParameters ? probe.PositionalText : probe.Text;

    /// <summary>Binds the inputs that the statement mentions, in the order of their first mention.</summary>
    internal void AddParameters(DbParameterCollection parameters, Func<DbParameter> create, SectionLoad load) =>
        AddParameters(parameters, create, load, load.Sql.MentionedInputs);

    /// <summary>Binds some inputs of the section, in their order.</summary>
    internal void AddParameters(DbParameterCollection parameters, Func<DbParameter> create, SectionLoad load, IReadOnlyList<string> mentioned)
    {
        for (var i = 0; i < mentioned.Count; i++)
        {
            var (input, value) = load.Inputs.Find(mentioned[i]);
            parameters.Add(Fill(create(), input, value));
        }
    }

    private DbParameter Fill(DbParameter parameter, SectionInput input, object? value)
    {
        if (!Options.UsesPositionalParameters)
        {
            parameter.ParameterName = input.Name;
        }

        if (value is null)
        {
            // An untyped null cannot be prepared: "@status IS NULL" alone tells PostgreSQL nothing about the type.
            parameter.DbType = SqlTypes.DbTypeOf(input.Type);
            parameter.Value = DBNull.Value;
        }
        else
        {
            parameter.Value = Options.ConvertParameter(value);
        }

        return parameter;
    }
}
