namespace Erp.Tests.Writes;

/// <summary>The databases that every write is tested on.</summary>
public enum Db
{
    Sqlite,
    PostgreSql,
}
