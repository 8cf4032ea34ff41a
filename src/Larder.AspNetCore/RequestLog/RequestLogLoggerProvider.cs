using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Turns what the engine logs into lines of the request log: messages whose event is one of its own, such as <c>bff_cache_invalidated</c>, and
/// as <c>bff_error</c> those that carry an exception. All others stay with the host's own providers, which see these as well.
/// </summary>
[ProviderAlias("LarderRequestLog")]
internal sealed class RequestLogLoggerProvider(RequestLogWriter writer) : ILoggerProvider
{
    private const string Prefix = "Larder.";

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(Prefix, StringComparison.Ordinal) && categoryName != LoggerSink.Category ? new EngineLogger(writer, categoryName) : NullLogger.Instance;

    public void Dispose()
    {
        // The writer belongs to the container.
    }

    private sealed class EngineLogger(RequestLogWriter writer, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (RequestLogLevels.TryFind(eventId.Name, out var what) && what != RequestLogEvent.Error)
            {
                Write(what, [.. Identity(), .. FieldsOf(what, state)], exception);
            }
            else if (exception is not null)
            {
                Write(RequestLogEvent.Error, [.. Identity(), new("category", category), new("message", formatter(state, exception))], exception);
            }
        }

        private void Write(RequestLogEvent what, List<KeyValuePair<string, object?>> fields, Exception? exception)
        {
            if (writer.Levels.IsOn(what))
            {
                writer.Enqueue(new RequestLogEntry(what, writer.Levels.Of(what), fields, exception));
            }
        }

        private static List<KeyValuePair<string, object?>> Identity() => RequestIdentity.Current();

        private static List<KeyValuePair<string, object?>> FieldsOf<TState>(RequestLogEvent what, TState state)
        {
            List<KeyValuePair<string, object?>> fields = [];
            foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                if (name != "{OriginalFormat}")
                {
                    fields.Add(new(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), ValueOf(name, value)));
                }
            }

            if (what == RequestLogEvent.CacheInvalidated && fields.TrueForAll(field => field.Key != "entries"))
            {
                // An invalidation is one record in the log, whatever it touches; nobody counts what that is.
                fields.Add(new("entries", null));
            }

            return fields;
        }

        // The message lists tags as a person reads them.
        private static object? ValueOf(string name, object? value) => value switch
        {
            string text when name == "Tags" => text.Split(", "),
            null or bool or long or double or string => value,
            int number => (long)number,
            _ => value.ToString(),
        };
    }
}
