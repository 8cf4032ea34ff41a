namespace Larder.AspNetCore.RequestLog;

/// <summary>Appends to a file, and renames it when it has grown: <c>log</c> to <c>log.1</c>, that to <c>log.2</c>, and the last one goes.</summary>
internal sealed class FileSink(string path, long maxBytes, int keptFiles) : IRequestLogSink, IAsyncDisposable
{
    private FileStream? _file;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        try
        {
            if (_file is { Length: > 0 } && _file.Length + lines.Length > maxBytes)
            {
                await CloseAsync();
                Rotate();
            }

            _file ??= Open();
            await _file.WriteAsync(lines, cancellationToken);
        }
        catch
        {
            // Whatever is wrong with this handle, the next call opens another.
            await CloseAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
    }

    private void Rotate()
    {
        for (var i = keptFiles; i > 0; i--)
        {
            var from = i == 1 ? path : $"{path}.{i - 1}";
            if (File.Exists(from))
            {
                File.Move(from, $"{path}.{i}", overwrite: true);
            }
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_file is { } file)
        {
            _file = null;
            await file.DisposeAsync();
        }
    }
}
