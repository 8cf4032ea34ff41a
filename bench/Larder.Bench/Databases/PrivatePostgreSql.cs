using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Larder.Bench.Databases;

/// <summary>A PostgreSQL server of this run alone, in a folder of its own below the temporary one; both are gone after it.</summary>
internal sealed class PrivatePostgreSql : IAsyncDisposable
{
    private const int Attempts = 8;

    // Nothing needs to survive: what is measured is reading. The range of ports lies below the one the kernel hands out.
    private const string Settings =
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
        + "-c max_connections=400 -c shared_buffers=256MB -c autovacuum=off -c timezone=UTC";

    private readonly string _programs;
    private readonly string _folder;

    private PrivatePostgreSql(string programs, string folder)
    {
        _programs = programs;
        _folder = folder;
    }

    public string ConnectionString { get; private set; } = "";

    /// <summary>The postmaster, whose children are the backends.</summary>
    public int ProcessId { get; private set; }

    private string DataFolder => Path.Combine(_folder, "data");

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    /// <exception cref="InvalidOperationException">There is no PostgreSQL on this machine, or it does not start; the message says why.</exception>
    public static async Task<PrivatePostgreSql> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("larder-bench-postgresql-").FullName;
        var server = new PrivatePostgreSql(FindPrograms(), folder);
        try
        {
            await server.InitializeAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
        {
            await RunAsync("pg_ctl", ["stop", "--wait", "--mode=immediate", "--silent", $"--pgdata={DataFolder}"], CancellationToken.None);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var passwordFile = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        if (IsRoot)
        {
            // initdb refuses root, so root hands the folder to the user that the package made.
            await CheckAsync("chown", ["-R", "postgres", _folder], cancellationToken);
        }

        await CheckAsync(
            Program("initdb"),
            [$"--pgdata={DataFolder}", "--username=postgres", $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--locale=C", "--encoding=UTF8", "--no-sync"],
            cancellationToken,
            isServerProgram: true);
        var port = await StartOnFreePortAsync(cancellationToken);
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Password={password};Database=postgres";
        var lines = await File.ReadAllLinesAsync(Path.Combine(DataFolder, "postmaster.pid"), cancellationToken);
        ProcessId = int.Parse(lines[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The server's own bind decides whether a port is free.</summary>
    private async Task<int> StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            string[] arguments = ["start", "--wait", "--timeout=60", "--silent", $"--pgdata={DataFolder}", $"--log={_folder}/data/server.log", $"--options=-p {port} {Settings}"];
            if (await RunAsync("pg_ctl", arguments, cancellationToken) == 0)
            {
                return port;
            }
        }

        throw new InvalidOperationException($"PostgreSQL does not start: {await File.ReadAllTextAsync(Path.Combine(DataFolder, "server.log"), cancellationToken)}");
    }

    private string Program(string name) => Path.Combine(_programs, name);

    private Task<int> RunAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        RunProcessAsync(Program(program), arguments, isServerProgram: true, cancellationToken);

    private async Task CheckAsync(string program, string[] arguments, CancellationToken cancellationToken, bool isServerProgram = false)
    {
        var exitCode = await RunProcessAsync(program, arguments, isServerProgram, cancellationToken);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with exit code {exitCode}.");
        }
    }

    private async Task<int> RunProcessAsync(string program, string[] arguments, bool isServerProgram, CancellationToken cancellationToken)
    {
        var isOtherUser = isServerProgram && IsRoot;
        var start = new ProcessStartInfo(isOtherUser ? "runuser" : program)
        {
            // Not inherited: the server would keep this program's output open. The folder must be one that the other user can enter.
            RedirectStandardOutput = !arguments.Contains("start"),
            UseShellExecute = false,
            WorkingDirectory = isOtherUser ? "/" : _folder,
        };
        foreach (var argument in isOtherUser ? ["-u", "postgres", "--", program, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        if (start.RedirectStandardOutput)
        {
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
        }

        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    private static string FindPrograms()
    {
        const string Root = "/usr/lib/postgresql";
        var folders = Directory.Exists(Root) ? Directory.GetDirectories(Root) : [];
        var newest = folders.Where(folder => File.Exists(Path.Combine(folder, "bin", "initdb"))).MaxBy(folder => double.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
        return newest is not null
            ? Path.Combine(newest, "bin")
            : throw new InvalidOperationException($"There is no PostgreSQL below {Root}: install it, or give a connection string in {BenchDatabase.PostgreSqlVariable}.");
    }
}
