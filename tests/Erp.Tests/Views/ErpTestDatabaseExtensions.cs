using Dapper;

namespace Erp.Tests.Views;

internal static class ErpTestDatabaseExtensions
{
    /// <summary>Changes the content of a test's own database.</summary>
    public static async Task ExecuteAsync(this ErpTestDatabase erp, string sql, object? parameters = null)
    {
        await using var connection = await erp.Database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }
}
