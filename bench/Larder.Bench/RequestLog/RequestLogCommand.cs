using System.Globalization;
using System.Net;
using Larder.AspNetCore.RequestLog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Larder.Bench.RequestLog;

/// <summary>
/// Measures what the request log adds to a request, in one process and taking turns: (1) the pipeline without it; (2) with it, up to the
/// queue; (3) with it, the writer and its JSON included. CPU is the process's, so that what other threads do counts.
/// </summary>
internal static class RequestLogCommand
{
    public const string Usage = """
        request-log   the CPU time and the bytes that the request log adds to a request
          --rounds <n>                        each variant runs once a round; default 9
          --requests <n>                      requests of a variant in a round; default 200000
        """;

    private const int Gathered = 1000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (rounds, requests) = (9, 200_000);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            var value = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            (rounds, requests) = arguments[i] == "--rounds" ? (value, requests) : (rounds, value);
        }

        var options = Options.Create(new RequestLogOptions { QueueCapacity = Gathered * 4 });
        await using var discarding = new RequestLogWriter(options, new NullSink(), TimeProvider.System);
        await using var writing = new RequestLogWriter(options, new NullSink(), TimeProvider.System);
        static Task Answer(HttpContext context) => Task.CompletedTask;
        var unread = new RequestLogMiddleware(Answer, discarding, options, TimeProvider.System);
        var read = new RequestLogMiddleware(Answer, writing, options, TimeProvider.System);
        (string Name, Func<Task> Run)[] variants =
        [
            ("without", () => WithoutAsync(Answer, requests)),
            ("queue full (refused)", () => LoggedAsync(unread, requests, afterEach: null)),
            ("queued and written", () => LoggedAsync(read, requests, writing.DrainAsync)),
        ];
        foreach (var (_, run) in variants)
        {
            await run();
        }

        var microseconds = variants.ToDictionary(variant => variant.Name, _ => new List<double>(), StringComparer.Ordinal);
        var bytes = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, run) in variants)
            {
                var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
                await run();
                microseconds[name].Add((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / requests);
                bytes[name] = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)requests;
            }
        }

        var floor = Median(microseconds["without"]);
        Console.WriteLine("| pipeline | CPU µs a request, median | added | bytes a request |\n|---|--:|--:|--:|");
        foreach (var (name, _) in variants)
        {
            var median = Median(microseconds[name]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {median:0.000} | {median - floor:0.000} | {bytes[name]:0.0} |"));
        }

        return 0;
    }

    private static async Task WithoutAsync(RequestDelegate answer, int requests)
    {
        var context = Context();
        for (var i = 0; i < requests; i++)
        {
            await answer(context);
        }
    }

    private static async Task LoggedAsync(RequestLogMiddleware middleware, int requests, Func<ValueTask>? afterEach)
    {
        var context = Context();
        for (var i = 0; i < requests; i++)
        {
            await middleware.InvokeAsync(context);
            if (afterEach is not null && i % Gathered == 0)
            {
                // As often as a server of 50,000 requests a second would with the default interval of 20 ms.
                await afterEach();
            }
        }
    }

    private static DefaultHttpContext Context()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/api/mobile/products/1/complete";
        context.Request.QueryString = new QueryString("?include_similar=true");
        context.Request.Headers["X-Request-ID"] = "550e8400-e29b-41d4-a716-446655440000";
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        return context;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private sealed class NullSink : IRequestLogSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
