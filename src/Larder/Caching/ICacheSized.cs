namespace Larder.Caching;

/// <summary>An immutable value that knows the memory it takes. It is stored as it is and shared by all who read it.</summary>
internal interface ICacheSized
{
    /// <summary>The memory the value takes, in bytes.</summary>
    long SizeInBytes { get; }
}
