using System.Runtime.InteropServices;

namespace Larder.Views;

/// <summary>Where the parts of a written response are, in bytes from its start.</summary>
/// <param name="DataStart">The brace that opens <c>data</c>.</param>
/// <param name="DataEnd">Behind the brace that closes it.</param>
/// <param name="CachedAt">The value of <c>metadata.cached</c>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ViewJsonLayout(int DataStart, int DataEnd, int CachedAt);
