namespace Larder.Caching;

/// <summary>An immutable value that knows itself. It is stored as it is and shared by all who read it.</summary>
internal interface ICacheSized
{
    /// <summary>The memory the value takes, in bytes.</summary>
    long SizeInBytes { get; }

    /// <summary>Whether it says that there is nothing, as null does.</summary>
    bool IsNegative => false;

    /// <summary>Whether another value of the type says the same, apart from when it was made.</summary>
    bool SaysTheSame(object? other);
}
