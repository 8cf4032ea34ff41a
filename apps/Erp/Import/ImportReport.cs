using System.Globalization;
using System.Text;

namespace Erp.Import;

/// <summary>Counts what was read and rejected. Every rejection goes to a file at once; only the first few are kept.</summary>
internal sealed class ImportReport(string path) : IAsyncDisposable
{
    private const int Kept = 20;

    private readonly Dictionary<string, (long Read, long Rejected)> _files = [];
    private readonly List<string> _first = [];
    private StreamWriter? _writer;

    public long Rejected { get; private set; }

    public string Path => path;

    public void AddRead(string file)
    {
        var (read, rejected) = _files.GetValueOrDefault(file);
        _files[file] = (read + 1, rejected);
    }

    /// <summary>Counts a row as rejected, for one or more reasons.</summary>
    public async Task RejectAsync(string file, long line, IReadOnlyList<(string? Column, string Reason)> reasons)
    {
        var (read, rejected) = _files.GetValueOrDefault(file);
        _files[file] = (read, rejected + 1);
        Rejected++;
        foreach (var (column, reason) in reasons)
        {
            var text = column is null ? $"{file} line {line}: {reason}" : $"{file} line {line}, column {column}: {reason}";
            if (_first.Count < Kept)
                _first.Add(text);
            _writer ??= Create();
            await _writer.WriteLineAsync(text);
        }
    }

    public (long Read, long Rejected) CountsOf(string file) => _files.GetValueOrDefault(file);

    /// <summary>The counts of each file and the first reasons, for the message that stops the start.</summary>
    public string Summary()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Rejected} rows were rejected, so nothing was imported.");
        foreach (var (file, (read, rejected)) in _files)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {file}: {read} rows read, {rejected} rejected");
        text.AppendLine("The first reasons:");
        foreach (var reason in _first)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {reason}");
        text.Append(CultureInfo.InvariantCulture, $"All of them: {path}");
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
    }

    private StreamWriter Create()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        return new StreamWriter(path, append: false);
    }
}
