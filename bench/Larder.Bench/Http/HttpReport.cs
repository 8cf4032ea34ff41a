using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Larder.Bench.Http;

/// <summary>The page of results: a table for each size of body, in Markdown.</summary>
internal static class HttpReport
{
    public static string Write(HttpOptions options, IReadOnlyList<HttpMeasurement> measurements, IReadOnlyList<string> missing, string load)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # What a hit costs

            `dotnet run -c Release --project bench/Larder.Bench -- http --rounds {options.Rounds} --seconds {options.Slice.TotalSeconds}{(options.Sizes.Count == 1 ? $" --size {options.Sizes[0]}" : "")}{(options.Only is null ? "" : $" --only \"{options.Only}\"")}`, on {TimeProvider.System.GetUtcNow():yyyy-MM-dd},
            {ProcessorName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}; load average {load}.

            CPU is user and system time of the process that answers, for each request. Each variant is a process of its own (Release, workstation
            GC, tiered PGO as by default) pinned to one core; wrk has the other, one thread and 8 kept connections. All answers were checked
            first; no request failed. {options.Rounds} rounds of {options.Slice.TotalSeconds} s a variant, in turn and in random order, after 1 s of warm-up; medians over rounds. A ratio is
            the median of the ratios within a round. The baseline writes the headers and bytes that Larder sent. Allocated is everything
            the process allocated, its 8 new connections in each slice among it, for each request.


            """);
        foreach (var size in measurements.GroupBy(measurement => measurement.Variant.Size))
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                ## Bodies of {size.Key / 1000.0} KB

                | variant | body bytes | CPU µs | to its baseline | allocated bytes | requests/s |
                |---|--:|--:|--:|--:|--:|

                """);
            foreach (var measurement in size)
            {
                var baseline = measurements.FirstOrDefault(other => ReferenceEquals(other.Variant, measurement.Variant.Baseline));
                page.Append(CultureInfo.InvariantCulture, $"| {measurement.Variant.Name} | {measurement.Variant.BodyBytes:#,0} | {measurement.CpuMicroseconds:0.00} ")
                    .Append(CultureInfo.InvariantCulture, $"| {(baseline is null ? "1" : measurement.RatioTo(baseline).ToString("0.000", CultureInfo.InvariantCulture))} ")
                    .Append(CultureInfo.InvariantCulture, $"| {measurement.AllocatedBytes?.ToString("#,0.0", CultureInfo.InvariantCulture) ?? "–"} | {measurement.PerSecond:#,0} |\n");
            }

            page.Append('\n');
        }

        if (missing.Count > 0)
        {
            page.Append("Not measured:\n\n");
            foreach (var reason in missing)
            {
                page.Append(CultureInfo.InvariantCulture, $"* {reason}\n");
            }
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string ProcessorName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";
}
