using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Erp.Tests;

/// <summary>The database that a test runs on: <see cref="Erp.Database.DatabaseKind"/> for public test methods.</summary>
public enum TestDatabaseKind
{
    Sqlite,
    PostgreSql,
}

/// <summary>Runs a theory once on SQLite and once on PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothDatabasesAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Enum.GetValues<TestDatabaseKind>().Select(kind => new TheoryDataRow<TestDatabaseKind>(kind))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
