namespace Larder.Warming;

/// <summary>Keeps what was popular in a file, which is replaced as a whole.</summary>
internal sealed class FilePopularStore(string path) : IPopularStore
{
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        return !file.Exists ? null
            : file.Length > IPopularStore.MaxBytes ? throw new InvalidDataException($"{path} has {file.Length} bytes; more than {IPopularStore.MaxBytes} are not read.")
            : await File.ReadAllBytesAsync(path, cancellationToken);
    }

    public async ValueTask WriteAsync(byte[] content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

        // Two hosts may share a folder: each has its own draft.
        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await File.WriteAllBytesAsync(draft, content, cancellationToken);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
