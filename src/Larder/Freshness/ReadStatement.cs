namespace Larder.Freshness;

/// <summary>A statement that a value was read by, what it was run with, and the tags it brought.</summary>
/// <param name="Database">The name of the database, as sections use it.</param>
/// <param name="Text">The statement.</param>
/// <param name="Parameters">The values, by the names the statement uses.</param>
/// <param name="Tags">What it reads.</param>
internal sealed record ReadStatement(string Database, string Text, IReadOnlyList<KeyValuePair<string, object?>> Parameters, Tag[] Tags);
