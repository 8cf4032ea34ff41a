namespace Larder.Diagnostics;

/// <summary>How an answer ended, as far as monitoring tells apart.</summary>
internal enum ResultClass
{
    /// <summary>Status below 400, or a section that has its value.</summary>
    Success,

    /// <summary>Status 400 to 499: the caller's doing, counted apart from errors.</summary>
    ClientError,

    /// <summary>Status 500 and above, or a section that failed.</summary>
    ServerError,
}
