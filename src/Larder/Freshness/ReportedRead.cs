namespace Larder.Freshness;

/// <summary>One statement that was read through a scope, and the tags it brought.</summary>
internal readonly record struct ReportedRead(string Statement, Tag[] Tags);
