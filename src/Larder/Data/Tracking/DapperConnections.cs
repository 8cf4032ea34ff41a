using System.Data.Common;
using Larder.Data.QueryCaching;

namespace Larder.Data.Tracking;

/// <summary>Tracked connections under the names that Dapper goes by.</summary>
internal static class DapperConnections
{
    /// <summary>
    /// Dapper asks for a connection type of this very name before it gives an array to the driver as one parameter (<c>= ANY(@ids)</c>); for any other it
    /// writes the elements out, and statements that run on Npgsql would fail when its data source is replaced by the tracked one.
    /// </summary>
    internal sealed class NpgsqlConnection(TrackedDatabase database, DbConnection inner, QueryCache? queries) : TrackedConnection(database, inner, queries);
}
