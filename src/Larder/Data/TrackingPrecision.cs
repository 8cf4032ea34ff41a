namespace Larder.Data;

/// <summary>How finely it is told which writes touch which reads.</summary>
public enum TrackingPrecision
{
    /// <summary>A write drops what read a row it may have changed, where the statements name the row; otherwise what read the table.</summary>
    Row,

    /// <summary>A write of a table drops whatever read any of it. For comparison, and for a database whose analysis is in doubt.</summary>
    Table,
}
