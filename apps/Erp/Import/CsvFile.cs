using System.Text;
using CsvHelper;

namespace Erp.Import;

/// <summary>One record of a file. Line is where it begins; a quoted field may go over several.</summary>
/// <param name="Problem">Why it cannot be read, or null.</param>
internal readonly record struct CsvRecord(long Line, string[] Fields, string? Problem)
{
    /// <summary>True when nothing after this record can be read either.</summary>
    public bool IsLast { get; init; }
}

/// <summary>A CSV file (RFC 4180, UTF-8, header row), read record by record.</summary>
internal sealed class CsvFile : IDisposable
{
    private const int LargestRecord = 1 << 20;

    private readonly CsvReader _reader;
    private string? _malformed;

    private CsvFile(TextReader text) => _reader = CsvReader.Create(
        text,
        new CsvReaderOptions
        {
            Separator = ',',
            HasHeader = false,
            TrimWhitespace = true,
            MaxRecordSize = LargestRecord,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => _malformed = Words(record.Reason),
        },
        leaveOpen: false);

    public static CsvFile Open(string path) =>
        new(new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), true, 1 << 16));

    /// <summary>The next record, or null at the end.</summary>
    public async Task<CsvRecord?> ReadAsync(CancellationToken cancellationToken)
    {
        _malformed = null;
        try
        {
            return await _reader.ReadAsync(cancellationToken)
                ? new CsvRecord(_reader.LineNumber, _reader.Current.ToArray(), _malformed)
                : null;
        }
        catch (Exception exception) when (exception is CsvFormatException or DecoderFallbackException or IOException)
        {
            var problem = exception is DecoderFallbackException ? "the file is not UTF-8 from about here on" : $"the file cannot be read on: {exception.Message}";
            return new CsvRecord(_reader.LineNumber, [], problem) { IsLast = true };
        }
    }

    public void Dispose() => _reader.Dispose();

    private static string Words(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.StrayQuote => "a quote stands inside a field without quotes",
        CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote",
        CsvMalformedReason.UnterminatedQuote => "a quoted field is never closed",
        _ => $"the record is malformed ({reason})",
    };
}
