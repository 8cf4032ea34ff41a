using Larder.Data;

namespace Larder.Views.Sources;

/// <summary>Sections read by SQL. <c>@name</c> parameters are the view's parameters of that name unless bound otherwise.</summary>
public static class Sql
{
    /// <summary>
    /// At most one row. Without a row the section is null and, where it is required, the view is not found.
    /// </summary>
    /// <typeparam name="T">A record with a constructor parameter a column, found by name in snake_case; or a scalar, the first column.</typeparam>
    /// <exception cref="InvalidOperationException">The type cannot be read from a row.</exception>
    public static SqlSource<T> Row<T>(string text)
        where T : notnull
    {
        RowMapper<T>.Check();
        return new(text, static async (context, cancellationToken) =>
        {
            var ordinals = context.Bind<T>();
            if (!await context.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            var row = context.Map<T>(ordinals);
            while (await context.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // To the end of the result: an error in a later row is this statement's, and would look like the next one's.
            }

            return row;
        });
    }

    /// <summary>All rows.</summary>
    /// <typeparam name="T">A record with a constructor parameter a column, found by name in snake_case; or a scalar, the first column.</typeparam>
    /// <exception cref="InvalidOperationException">The type cannot be read from a row.</exception>
    public static SqlSource<IReadOnlyList<T>> Rows<T>(string text)
    {
        RowMapper<T>.Check();
        return new(text, static async (context, cancellationToken) =>
        {
            var ordinals = context.Bind<T>();
            var rows = new List<T>();
            while (await context.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(context.Map<T>(ordinals));
            }

            return rows;
        });
    }
}
