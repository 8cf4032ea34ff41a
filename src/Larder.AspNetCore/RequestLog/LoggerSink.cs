using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Hands each line to the host's logging. The factory is asked for late, because it makes the provider that feeds this log.</summary>
internal sealed partial class LoggerSink(IServiceProvider services) : IRequestLogSink
{
    public const string Category = "Larder.RequestLog";

    private ILogger? _logger;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        _logger ??= services.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        foreach (var range in lines.Span.Split((byte)'\n'))
        {
            if (lines.Span[range] is { IsEmpty: false } line)
            {
                Write(_logger, Encoding.UTF8.GetString(line));
            }
        }

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(1900, LogLevel.Information, "{Line}")]
    private static partial void Write(ILogger logger, string line);
}
