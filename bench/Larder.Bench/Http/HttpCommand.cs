using System.Runtime.InteropServices;

namespace Larder.Bench.Http;

/// <summary>
/// Measures what a hit costs the process that answers it: every variant is checked, warmed up, then they take turns, round by round, each
/// round in another order. Servers share one core, the client has the other.
/// </summary>
internal static class HttpCommand
{
    private const int ClientCore = 1;
    private const int Seed = 4;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string[] arguments)
    {
        HttpOptions options;
        try
        {
            options = HttpOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{HttpOptions.Usage}");
            return 2;
        }

        if (Environment.ProcessorCount < 2)
        {
            await Console.Error.WriteLineAsync("It takes two cores: one for the servers, one for the client.");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var page = await MeasureAsync(options, stop.Token);
            Console.WriteLine(page);
            if (options.SaveTo is { } file)
            {
                await File.WriteAllTextAsync(file, page, stop.Token);
            }

            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task<string> MeasureAsync(HttpOptions options, CancellationToken cancellationToken)
    {
        await using var bed = await HttpBed.StartAsync(options, cancellationToken);
        var measurements = bed.Variants.Select(variant => new HttpMeasurement(variant)).ToArray();
        var load = LoadAverage();
        foreach (var variant in bed.Variants)
        {
            await WrkRun.RunAsync(variant.Address, variant.Headers, ClientCore, WarmUp, cancellationToken);
        }

        var random = new Random(Seed);
        var order = measurements.ToArray();
        for (var round = 1; round <= options.Rounds; round++)
        {
            random.Shuffle(order);
            foreach (var measurement in order)
            {
                await measurement.RunAsync(ClientCore, options.Slice, cancellationToken);
            }

            await Console.Error.WriteLineAsync($"round {round} of {options.Rounds}");
        }

        return HttpReport.Write(options, measurements, bed.Missing, $"{load} at the start, {LoadAverage()} at the end");
    }

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
