namespace Larder.AspNetCore.RequestLog;

/// <summary>Where the lines of the request log are written. Register one to replace the built-in ones; it is called by one writer, never twice at a time.</summary>
public interface IRequestLogSink
{
    /// <summary>Writes whole lines, each ended by a line feed. What it throws counts the lines as lost, and the next ones are tried again.</summary>
    /// <param name="lines">UTF-8; valid until the call has ended.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="cancellationToken">Cancelled when the host waits no longer for its shutdown.</param>
    ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken);
}
