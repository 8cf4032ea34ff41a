using System.Data.Common;
using System.Runtime.InteropServices;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>A text that is executed, and the parameters it is executed with: a command, or one of a batch.</summary>
/// <param name="Text">What is known of the text.</param>
/// <param name="Parameters">Its parameters, as the provider has them.</param>
/// <param name="BatchCommand">The command of a batch, which knows its own number of changed rows; null for a command.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WorkPart(AnalyzedText Text, DbParameterCollection Parameters, DbBatchCommand? BatchCommand);
