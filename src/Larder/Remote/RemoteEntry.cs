using System.Runtime.InteropServices;
using Larder.Freshness;

namespace Larder.Remote;

/// <summary>What the second level keeps of a value beside its bytes: all that is needed to judge it, on any node.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RemoteEntry
{
    /// <summary>The life of the log that <see cref="Position"/> belongs to.</summary>
    internal required ulong Epoch { get; init; }

    /// <summary>P0.</summary>
    internal required long Position { get; init; }

    /// <summary>What the tags were derived from; 0: no schema.</summary>
    internal required ulong SchemaHash { get; init; }

    /// <summary>The type of the value and who wrote it, see <see cref="DefinitionFingerprint"/>.</summary>
    internal required ulong Definition { get; init; }

    /// <summary>When its load began, by the clock of the node that loaded it.</summary>
    internal required DateTimeOffset LoadedAt { get; init; }

    /// <summary>Its whole life from then on, more than 0.</summary>
    internal required TimeSpan Life { get; init; }

    internal required FreshnessKind Kind { get; init; }

    /// <summary>What it depends on and, last, the tag of its key. 1 to 65,535.</summary>
    internal required Tag[] Tags { get; init; }
}
