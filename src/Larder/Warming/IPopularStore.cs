namespace Larder.Warming;

/// <summary>Keeps what was popular over the end of the process. A failure is an exception; nothing else depends on it.</summary>
internal interface IPopularStore
{
    /// <summary>The longest that is kept, in bytes.</summary>
    const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>What was written last; null: nothing.</summary>
    ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces it as a whole.</summary>
    ValueTask WriteAsync(byte[] content, CancellationToken cancellationToken);
}
