using System.Diagnostics;
using System.Globalization;

namespace Larder.Bench.Processes;

/// <summary>This program again, in a process of its own: its first line of output says that it is ready, and it ends with its input.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ChildProcess(Process process, string ready)
    {
        _process = process;
        Ready = ready;
    }

    public int Id => _process.Id;

    /// <summary>What the child said when it was ready.</summary>
    public string Ready { get; }

    /// <param name="core">The only core it runs on; null: any. <c>taskset</c> turns into the program, so the process is the child itself.</param>
    public static async Task<ChildProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, int? core = null)
    {
        var start = new ProcessStartInfo(core is null ? Environment.ProcessPath! : "taskset") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (core is { } only)
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(only.ToString(CultureInfo.InvariantCulture));
            start.ArgumentList.Add(Environment.ProcessPath!);
        }

        if (string.Equals(Path.GetFileNameWithoutExtension(Environment.ProcessPath), "dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        try
        {
            var ready = await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"'{string.Join(' ', start.ArgumentList)}' ended before it was ready.");
            return new ChildProcess(process, ready);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Asks the child for one line.</summary>
    public async Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(question.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The child process has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
