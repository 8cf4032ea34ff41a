using System.Text;
using System.Text.Json.Nodes;
using Larder.AspNetCore.RequestLog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>The queue, the writer and its sinks: bounds, what is dropped, what is flushed, what it costs.</summary>
public sealed class RequestLogWriterTests : IDisposable
{
    private readonly LineSink _sink = new();
    private readonly ManualTimeProvider _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("larder-log-").FullName;

    [Fact]
    public async Task Enqueue_MoreThanTheQueueHolds_DropsTheNewestAndSaysHowMany()
    {
        await using (var writer = Writer(new RequestLogOptions { QueueCapacity = 16 }))
        {
            for (var i = 0; i < 21; i++)
            {
                writer.Enqueue(Record($"r{i}"));
            }

            Assert.Equal(5, writer.Dropped);
        }

        Assert.Equal(17, _sink.Raw.Count);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"r{i}"), _sink.Raw[..16].Select(line => (string)JsonNode.Parse(line)!["request_id"]!));
        var said = await _sink.TakeAsync("bff_log_dropped");
        Assert.Equal((5, 0, 16), ((int)said["dropped"]!, (int)said["unwritten"]!, (int)said["queue_capacity"]!));
    }

    [Fact]
    public async Task Write_SinkFails_GoesOnAndSaysWhatIsMissing()
    {
        await using var writer = Writer(new RequestLogOptions { FlushInterval = TimeSpan.Zero });
        _sink.Fails = new IOException("disk full");
        writer.Enqueue(Record("lost"));
        writer.Start();
        await Patience.UntilAsync(() => Task.FromResult(writer.Unwritten == 1));
        _sink.Fails = null;

        writer.Enqueue(Record("kept"));

        Assert.Equal("kept", (string)(await _sink.TakeAsync("bff_request_success"))["request_id"]!);
        Assert.Equal(1, (int)(await _sink.TakeAsync("bff_log_dropped"))["unwritten"]!);
    }

    [Fact]
    public async Task Write_ARecordThatCannotBeFormatted_CostsNoOther()
    {
        await using var writer = Writer(new RequestLogOptions { FlushInterval = TimeSpan.Zero });
        writer.Start();
        writer.Enqueue(Record("bad") with { Exception = new UnspeakableException() });
        writer.Enqueue(Record("good"));

        Assert.Equal("good", (string)(await _sink.TakeAsync("bff_request_success"))["request_id"]!);
        Assert.Equal(1, (int)(await _sink.TakeAsync("bff_log_dropped"))["unwritten"]!);
    }

    [Fact]
    public async Task Write_WithAFlushInterval_GathersUntilItIsOver()
    {
        await using var writer = Writer(new RequestLogOptions { FlushInterval = TimeSpan.FromMilliseconds(50) });
        writer.Enqueue(Record("before"));
        writer.Start();
        await _sink.TakeAsync("bff_request_success");
        writer.Enqueue(Record("first"));
        await Patience.UntilAsync(() => Task.FromResult(_time.PendingTimers == 1));
        writer.Enqueue(Record("second"));
        Assert.Single(_sink.Raw);

        _time.Advance(TimeSpan.FromMilliseconds(50));

        await _sink.TakeAsync("bff_request_success");
        Assert.Equal("second", (string)(await _sink.TakeAsync("bff_request_success"))["request_id"]!);
    }

    [Fact]
    public async Task Stop_SinkHangs_EndsWithTheHostsPatience()
    {
        var sink = new HangingSink();
        await using var writer = new RequestLogWriter(Options.Create(new RequestLogOptions()), sink, _time);
        writer.Enqueue(Record("stuck"));
        writer.Start();
        await sink.Entered.Task.Soon();
        using var patience = new CancellationTokenSource();

        var stopping = writer.StopAsync(patience.Token);
        Assert.False(stopping.IsCompleted);
        await patience.CancelAsync();

        await stopping.Soon();
    }

    [Fact]
    public async Task Queue_ManyWriters_LosesAndDoublesNothingAndKeepsEachOnesOrder()
    {
        const int Writers = 8;
        const int Each = 20_000;
        var queue = new RequestLogQueue(64);
        var writing = Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each;)
            {
                if (queue.TryEnqueue(new RequestLogRecord { StatusCode = writer, EndedAt = i }))
                {
                    i++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        })).ToArray();

        var next = new long[Writers];
        for (var read = 0; read < Writers * Each;)
        {
            if (!queue.HasNext)
            {
                Thread.Yield();
                continue;
            }

            Assert.Equal(next[queue.Next.StatusCode]++, queue.Next.EndedAt);
            queue.Release();
            read++;
        }

        await Task.WhenAll(writing).Soon();
        Assert.False(queue.HasNext);
        Assert.All(next, count => Assert.Equal(Each, count));
    }

    [Fact]
    public async Task Invoke_OfAHitWithAnId_AllocatesNothing()
    {
        await using var writer = Writer(new RequestLogOptions { QueueCapacity = 1 << 14 });
        var middleware = new RequestLogMiddleware(_ => Task.CompletedTask, writer, Options.Create(new RequestLogOptions()), TimeProvider.System);
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/products/1";
        context.Request.Headers["X-Request-ID"] = "given";
        Run(2000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(2000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, writer.Dropped);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Assert.True(middleware.InvokeAsync(context).IsCompletedSuccessfully);
            }
        }
    }

    [Fact]
    public async Task FileSink_AtItsLimit_RenamesAndKeepsAFew()
    {
        var path = Path.Combine(_folder, "logs", "requests.log");
        await using (var sink = new FileSink(path, maxBytes: 10, keptFiles: 2))
        {
            foreach (var text in new[] { "one\n", "two\n", "three\n", "four\n", "five\n", "six\n", "seven\n" })
            {
                await sink.WriteAsync(Encoding.UTF8.GetBytes(text), 1, CancellationToken.None);
            }
        }

        Assert.Equal("six\nseven\n", await File.ReadAllTextAsync(path));
        Assert.Equal("four\nfive\n", await File.ReadAllTextAsync(path + ".1"));
        Assert.Equal("three\n", await File.ReadAllTextAsync(path + ".2"));
        Assert.Equal(3, Directory.GetFiles(Path.GetDirectoryName(path)!).Length);
    }

    [Fact]
    public async Task FileSink_WhatWasThere_IsKept()
    {
        var path = Path.Combine(_folder, "requests.log");
        await File.WriteAllTextAsync(path, "old\n");
        await using (var sink = new FileSink(path, maxBytes: 100, keptFiles: 1))
        {
            await sink.WriteAsync("new\n"u8.ToArray(), 1, CancellationToken.None);
        }

        Assert.Equal("old\nnew\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task LoggerSink_GetsEachLine_AndItsOwnCategoryIsNotLoggedAgain()
    {
        var messages = new List<string>();
        await using (var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddLarderRequestLog(options => options.Destination = RequestLogDestination.Logger)
            .AddLogging(logging => logging.AddProvider(new ListProvider(messages)))
            .BuildServiceProvider())
        {
            var writer = services.GetRequiredService<RequestLogWriter>();
            writer.Enqueue(Record("one"));
            writer.Enqueue(Record("two"));
            writer.Start();
            await writer.StopAsync(CancellationToken.None).Soon();
        }

        Assert.Equal(["one", "two"], messages.Select(message => (string)JsonNode.Parse(message)!["request_id"]!));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private RequestLogWriter Writer(RequestLogOptions options) => new(Options.Create(options), _sink, _time);

    private RequestLogRecord Record(string id) => new() { EndedAt = _time.GetTimestamp(), Method = "GET", Path = "/", RequestId = id, StatusCode = 200 };

    private sealed class UnspeakableException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    private sealed class HangingSink : IRequestLogSink
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
        {
            Entered.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class ListProvider(List<string> messages) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            messages.Add(formatter(state, exception));

        public void Dispose()
        {
            // The list is the test's.
        }
    }
}
