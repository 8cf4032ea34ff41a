using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Larder.Remote;

/// <summary>
/// Tells values apart that programs of different builds write: the type, the builds of the assemblies that define it, and that of Larder, which derives the tags. In a
/// rolling deployment each build has its own values. Types of the framework count by their name alone.
/// </summary>
internal static class DefinitionFingerprint
{
    internal static ulong Of<T>() => Fingerprint<T>.Value;

    private static ulong Compute(Type type)
    {
        var modules = AllOf(type).Append(typeof(DefinitionFingerprint))
            .Where(part => part.Assembly != typeof(object).Assembly)
            .Select(part => part.Module.ModuleVersionId.ToString());
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{type}\n{string.Join('\n', modules)}")));
    }

    private static IEnumerable<Type> AllOf(Type type) =>
        (type.GetElementType() is { } element ? AllOf(element) : type.GetGenericArguments().SelectMany(AllOf)).Prepend(type);

    private static class Fingerprint<T>
    {
        internal static readonly ulong Value = Compute(typeof(T));
    }
}
