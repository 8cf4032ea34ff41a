namespace Larder.Data.QueryCaching;

/// <summary>A column of a stored result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeName">The database's name of its type.</param>
/// <param name="Type">The CLR type its provider gives; where that depends on the row (SQLite), the one of the first row.</param>
internal sealed record CachedColumn(string Name, string TypeName, Type Type);
