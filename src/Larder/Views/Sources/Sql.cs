namespace Larder.Views.Sources;

/// <summary>Sections read by SQL. <c>@name</c> parameters are the view's parameters of that name unless bound otherwise.</summary>
public static class Sql
{
    /// <summary>
    /// At most one row. Without a row the section is null and, where it is required, the view is not found.
    /// </summary>
    /// <typeparam name="T">A record with a constructor parameter a column, found by name in snake_case; or a scalar, the first column.</typeparam>
    public static SqlSource<T> Row<T>(string text)
        where T : notnull =>
        new(text, static async (context, cancellationToken) =>
        {
            var ordinals = context.Bind<T>();
            return await context.Reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? context.Map<T>(ordinals) : default(object);
        });

    /// <summary>All rows.</summary>
    /// <typeparam name="T">A record with a constructor parameter a column, found by name in snake_case; or a scalar, the first column.</typeparam>
    public static SqlSource<IReadOnlyList<T>> Rows<T>(string text) =>
        new(text, static async (context, cancellationToken) =>
        {
            var ordinals = context.Bind<T>();
            var rows = new List<T>();
            while (await context.Reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(context.Map<T>(ordinals));
            }

            return rows;
        });
}
