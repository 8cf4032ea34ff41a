using System.Data.Common;
using Larder.Data;

namespace Larder.Views.Sources;

/// <summary>The result set of one SQL section.</summary>
internal readonly record struct SqlReadContext(DbDataReader Reader, SqlValueReader Values, SectionInputs Inputs)
{
    public int[] Bind<T>() => RowMapper<T>.Bind(Reader);

    public T Map<T>(int[] ordinals) => RowMapper<T>.Map(Reader, ordinals, Values);
}
