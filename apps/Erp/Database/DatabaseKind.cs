namespace Erp.Database;

internal enum DatabaseKind
{
    Sqlite,
    PostgreSql,
}
