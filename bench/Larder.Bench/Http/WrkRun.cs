using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Larder.Bench.Http;

/// <summary>What one run of wrk reports.</summary>
/// <param name="Requests">Answered completely.</param>
/// <param name="PerSecond">Answers a second.</param>
internal sealed partial record WrkRun(long Requests, double PerSecond)
{
    private const int Connections = 8;

    // wrk knows whole seconds only, so it is told to stop earlier.
    private const string LongerThanAnySlice = "60s";

    /// <summary>Asks for one address on 8 kept connections from one thread, pinned to a core.</summary>
    /// <exception cref="InvalidOperationException">wrk is missing, some answers were errors, or there were none.</exception>
    public static async Task<WrkRun> RunAsync(Uri address, IReadOnlyDictionary<string, string> headers, int core, TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("taskset") { UseShellExecute = false, RedirectStandardOutput = true };
        string[] arguments =
        [
            "-c", core.ToString(CultureInfo.InvariantCulture), "wrk", "-t", "1", "-c", Connections.ToString(CultureInfo.InvariantCulture), "-d", LongerThanAnySlice,
            .. headers.SelectMany(header => (string[])["-H", $"{header.Key}: {header.Value}"]), address.ToString(),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            await Task.Delay(duration, TimeProvider.System, cancellationToken);
        }
        finally
        {
            Signals.Interrupt(process.Id);
        }

        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return Parse(output, address);
    }

    private static WrkRun Parse(string output, Uri address)
    {
        var requests = RequestsLine().Match(output);
        var rate = RateLine().Match(output);
        if (!requests.Success || !rate.Success || output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"wrk on {address} did not go well:\n{output}");
        }

        var count = long.Parse(requests.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        if (count == 0)
        {
            throw new InvalidOperationException($"Nothing was answered at {address} in this slice:\n{output}");
        }

        return new WrkRun(count, double.Parse(rate.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^\s*(?<count>\d+) requests in ", RegexOptions.Multiline)]
    private static partial Regex RequestsLine();

    [GeneratedRegex(@"^Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.Multiline)]
    private static partial Regex RateLine();
}
