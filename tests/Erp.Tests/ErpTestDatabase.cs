using System.Collections.Concurrent;
using Erp.Database;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(Erp.Tests.ErpTestDatabaseCleanup))]

namespace Erp.Tests;

/// <summary>A database of its own for a test, of either kind and with the content asked for; disposing drops it.</summary>
/// <remarks>Content is made once for each kind and then copied: a file for SQLite, CREATE DATABASE … TEMPLATE for PostgreSQL.</remarks>
internal sealed class ErpTestDatabase : IAsyncDisposable
{
    public static readonly DateOnly DemoDay = new(2026, 3, 18);
    public static readonly DateOnly AdventureWorksDay = new(2019, 6, 30);

    private static readonly string Run = $"larder_test_{Guid.NewGuid().ToString("N")[..8]}";
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), Run);
    private static readonly ConcurrentDictionary<(TestDatabaseKind, TestContent), Lazy<Task<string>>> Templates = new();
    private static readonly ConcurrentDictionary<(TestDatabaseKind, TestContent), Lazy<Task<ErpTestDatabase>>> SharedOnes = new();
    private static int _number;

    private readonly TestDatabaseKind _kind;
    private readonly string _name;

    private ErpTestDatabase(TestDatabaseKind kind, string name)
    {
        _kind = kind;
        _name = name;
        ConnectionString = ConnectionStringOf(kind, name);
        Database = Open();
    }

    /// <summary>For ConnectionStrings:Erp.</summary>
    public string ConnectionString { get; }

    public ErpDatabase Database { get; }

    /// <summary>A database that the test may change.</summary>
    public static async Task<ErpTestDatabase> CreateAsync(TestDatabaseKind kind, TestContent content)
    {
        if (kind == TestDatabaseKind.PostgreSql)
            _ = TestServices.PostgreSql();
        if (content == TestContent.AdventureWorks)
            _ = TestServices.AdventureWorks();
        var template = content == TestContent.Nothing
            ? null
            : await Templates.GetOrAdd((kind, content), key => new(() => MakeTemplateAsync(key.Item1, key.Item2))).Value;
        return await CopyAsync(kind, template);
    }

    /// <summary>One database for every test that only reads. It is not disposed by the test.</summary>
    public static async Task<ErpTestDatabase> SharedAsync(TestDatabaseKind kind, TestContent content)
    {
        if (kind == TestDatabaseKind.PostgreSql)
            _ = TestServices.PostgreSql();
        if (content == TestContent.AdventureWorks)
            _ = TestServices.AdventureWorks();
        return await SharedOnes.GetOrAdd((kind, content), key => new(() => CreateAsync(key.Item1, key.Item2))).Value;
    }

    /// <summary>Another <see cref="ErpDatabase"/> over the same content, as a second process would have.</summary>
    public ErpDatabase Open(TimeProvider? time = null) => ErpDatabase.Open(ConnectionString, Folder, time ?? TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await DropAsync(_kind, _name);
    }

    internal static async Task CleanUpAsync()
    {
        foreach (var shared in SharedOnes.Values.Where(shared => shared.Value.IsCompletedSuccessfully))
            await (await shared.Value).DisposeAsync();
        foreach (var ((kind, _), template) in Templates.Where(template => template.Value.Value.IsCompletedSuccessfully))
            await DropAsync(kind, await template.Value);
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static async Task<string> MakeTemplateAsync(TestDatabaseKind kind, TestContent content)
    {
        await using var empty = await CopyAsync(kind, template: null);
        await using (var database = empty.Open())
        {
            var time = new FixedTime(DemoDay);
            if (content == TestContent.Schema)
            {
                await new MigrationRunner(database, time, NullLogger.Instance).RunAsync(CancellationToken.None);
            }
            else
            {
                var import = content == TestContent.AdventureWorks ? TestServices.AdventureWorks() : null;
                await StartAsync(database, import, time);
            }
        }
        // The copy has no open connections, which PostgreSQL asks of a template, and no write-ahead log, which a file copy would miss.
        await empty.Database.DisposeAsync();
        var template = await CopyAsync(kind, empty._name);
        await template.Database.DisposeAsync();
        return template._name;
    }

    /// <summary>Runs the start of the ERP on a database.</summary>
    public static Task StartAsync(ErpDatabase database, string? importFolder, TimeProvider time, string? report = null) =>
        new DatabaseStartup(
            database, new DatabaseStartupOptions(importFolder, report ?? Path.Combine(Folder, "import-report.txt")), time,
            NullLogger<DatabaseStartup>.Instance).RunAsync(CancellationToken.None);

    private static async Task<ErpTestDatabase> CopyAsync(TestDatabaseKind kind, string? template)
    {
        var name = $"{Run}_{Interlocked.Increment(ref _number)}";
        if (kind == TestDatabaseKind.PostgreSql)
        {
            await AdministerAsync($"CREATE DATABASE {name}" + (template is null ? "" : $" TEMPLATE {template}"));
        }
        else
        {
            Directory.CreateDirectory(Folder);
            if (template is not null)
                File.Copy(FileOf(template), FileOf(name));
        }
        return new ErpTestDatabase(kind, name);
    }

    private static async Task DropAsync(TestDatabaseKind kind, string name)
    {
        if (kind == TestDatabaseKind.PostgreSql)
        {
            await AdministerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            return;
        }
        using (var connection = new SqliteConnection(ConnectionStringOf(kind, name)))
            SqliteConnection.ClearPool(connection);
        foreach (var suffix in new[] { "", "-wal", "-shm" })
            File.Delete(FileOf(name) + suffix);
    }

    private static async Task AdministerAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(TestServices.PostgreSql() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string FileOf(string name) => Path.Combine(Folder, name + ".db");

    private static string ConnectionStringOf(TestDatabaseKind kind, string name) => kind == TestDatabaseKind.Sqlite
        ? new SqliteConnectionStringBuilder { DataSource = FileOf(name) }.ConnectionString
        : new NpgsqlConnectionStringBuilder(TestServices.PostgreSql()) { Database = name }.ConnectionString;
}

/// <summary>Drops what tests share, after the last of them.</summary>
public sealed class ErpTestDatabaseCleanup : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await ErpTestDatabase.CleanUpAsync();
}
