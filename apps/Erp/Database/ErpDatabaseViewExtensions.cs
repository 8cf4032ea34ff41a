using Larder.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Erp.Database;

/// <summary>The ERP's database as views read it.</summary>
internal static class ErpDatabaseViewExtensions
{
    public static SqlDatabase ForViews(this ErpDatabase database) => new(database.DataSource, database.Kind switch
    {
        DatabaseKind.Sqlite => new SqlDatabaseOptions
        {
            IntegerDecimalScale = StoredValues.Scale,
            ConvertParameter = database.Dialect.ToParameter,
            BeginSnapshot = "BEGIN",
            Interrupt = static connection =>
            {
                if (connection is SqliteConnection { Handle: { } handle })
                {
                    raw.sqlite3_interrupt(handle);
                }
            },
        },
        _ => new SqlDatabaseOptions { ConvertParameter = database.Dialect.ToParameter },
    });
}
