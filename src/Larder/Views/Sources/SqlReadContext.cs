using System.Data.Common;
using Larder.Data;
using Larder.Views.Execution;

namespace Larder.Views.Sources;

/// <summary>The result set of one SQL section.</summary>
internal readonly record struct SqlReadContext(DbDataReader Reader, SqlValueReader Values, SectionInputs Inputs, SectionLookups? Lookups)
{
    /// <summary>Goes to the next row. False: there is none.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) =>
        Lookups is { AreTold: true } lookups ? lookups.ReadResultAsync(Reader, cancellationToken) : new(Reader.ReadAsync(cancellationToken));

    public int[] Bind<T>() => RowMapper<T>.Bind(Reader);

    public T Map<T>(int[] ordinals) => RowMapper<T>.Map(Reader, ordinals, Values);
}
