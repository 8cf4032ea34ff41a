namespace Erp.Tests;

/// <summary>What a fresh test database holds.</summary>
internal enum TestContent
{
    /// <summary>Nothing, not even a schema.</summary>
    Nothing,

    /// <summary>The schema, without rows.</summary>
    Schema,

    /// <summary>Demonstration data that end on <see cref="ErpTestDatabase.DemoDay"/>.</summary>
    Demo,

    /// <summary>The AdventureWorks files; their day is <see cref="ErpTestDatabase.AdventureWorksDay"/>.</summary>
    AdventureWorks,
}
