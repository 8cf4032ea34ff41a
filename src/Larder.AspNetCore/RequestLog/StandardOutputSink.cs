namespace Larder.AspNetCore.RequestLog;

/// <summary>Writes to standard output, each call in one write, so that lines stay whole beside those of the console logger.</summary>
internal sealed class StandardOutputSink : IRequestLogSink
{
    private readonly Stream _output = Console.OpenStandardOutput();

    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken) => _output.WriteAsync(lines, cancellationToken);
}
