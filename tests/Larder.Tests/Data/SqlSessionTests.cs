using System.Data;
using Larder.Data;

namespace Larder.Tests.Data;

/// <summary>Connections that stay open with their commands, and when they do not.</summary>
public sealed class SqlSessionTests : IDisposable
{
    private readonly SqliteTestDatabase _source = new("CREATE TABLE t (a INTEGER)");

    [Fact]
    public async Task Take_CommandThatWasReleased_IsTheSameWithoutParameters()
    {
        await using var database = Database(connections: 1);
        await using var session = await database.Sessions.OpenAsync(CancellationToken.None);
        var command = session.Take("SELECT a FROM t WHERE a = @a");
        var parameter = command.CreateParameter();
        parameter.ParameterName = "a";
        parameter.Value = 1;
        command.Parameters.Add(parameter);
        await session.ReleaseAsync(command);

        var again = session.Take("SELECT a FROM t WHERE a = @a");

        Assert.Same(command, again);
        Assert.Empty(again.Parameters);
    }

    [Fact]
    public async Task Release_MoreCommandsThanAreKept_DropsTheOneNotUsedForLongest()
    {
        await using var database = Database(connections: 1, statements: 2);
        await using var session = await database.Sessions.OpenAsync(CancellationToken.None);
        var one = await UseAsync(session, "SELECT 1");
        var two = await UseAsync(session, "SELECT 2");
        await UseAsync(session, "SELECT 1");
        await UseAsync(session, "SELECT 3");

        Assert.Same(one, session.Take("SELECT 1"));
        Assert.NotSame(two, session.Take("SELECT 2"));
    }

    [Fact]
    public async Task Release_NothingIsKept_DisposesTheCommand()
    {
        await using var database = Database(connections: 0);
        await using var session = await database.Sessions.OpenAsync(CancellationToken.None);

        var command = await UseAsync(session, "SELECT 1");

        Assert.NotSame(command, session.Take("SELECT 1"));
    }

    [Fact]
    public async Task Dispose_SoundSession_IsLentAgain()
    {
        await using var database = Database(connections: 1);
        var session = await database.Sessions.OpenAsync(CancellationToken.None);
        await session.DisposeAsync();

        Assert.Same(session, await database.Sessions.OpenAsync(CancellationToken.None));
        Assert.Equal(ConnectionState.Open, session.Connection.State);
        await session.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_SessionInDoubt_IsClosedAndNotLentAgain()
    {
        await using var database = Database(connections: 1);
        var session = await database.Sessions.OpenAsync(CancellationToken.None);
        session.Doubt();
        await session.DisposeAsync();

        await using var next = await database.Sessions.OpenAsync(CancellationToken.None);

        Assert.NotSame(session, next);
        Assert.Equal(ConnectionState.Closed, session.Connection.State);
    }

    [Fact]
    public async Task Dispose_MoreIdleThanAreKept_ClosesTheRest()
    {
        await using var database = Database(connections: 1);
        var first = await database.Sessions.OpenAsync(CancellationToken.None);
        var second = await database.Sessions.OpenAsync(CancellationToken.None);
        await first.DisposeAsync();
        await second.DisposeAsync();

        Assert.Equal(ConnectionState.Open, first.Connection.State);
        Assert.Equal(ConnectionState.Closed, second.Connection.State);
    }

    [Fact]
    public async Task DisposeOfTheDatabase_IdleAndBusyConnections_AreClosed()
    {
        var database = Database(connections: 2);
        var busy = await database.Sessions.OpenAsync(CancellationToken.None);
        var idle = await database.Sessions.OpenAsync(CancellationToken.None);
        await idle.DisposeAsync();

        await database.DisposeAsync();
        Assert.Equal(ConnectionState.Closed, idle.Connection.State);
        Assert.Equal(ConnectionState.Open, busy.Connection.State);

        await busy.DisposeAsync();
        Assert.Equal(ConnectionState.Closed, busy.Connection.State);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    public void Options_OutOfBounds_AreRefused(int connections, int statements) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Database(connections, statements));

    public void Dispose() => _source.Dispose();

    private SqlDatabase Database(int connections, int statements = 10) =>
        new(_source, SqliteTestDatabase.Options with { KeptConnections = connections, KeptStatements = statements });

    private static async Task<System.Data.Common.DbCommand> UseAsync(SqlSession session, string text)
    {
        var command = session.Take(text);
        await command.ExecuteScalarAsync();
        await session.ReleaseAsync(command);
        return command;
    }
}
