using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Larder.Caching;

/// <summary>
/// Writes a key of the form that <see cref="CacheKeyFormat"/> describes without making a string: the escapes keep the parts apart, so that two
/// lists of parts never give one key. It begins in the caller's buffer and rents a larger one where that does not do.
/// </summary>
internal ref struct CacheKeyWriter
{
    private const int DigestChars = 2 * SHA256.HashSizeInBytes;

    private readonly int _head;
    private Span<char> _buffer;
    private char[]? _rented;
    private int _length;

    /// <summary>Begins with a head that is written already and that keys too long are still told by.</summary>
    internal CacheKeyWriter(ReadOnlySpan<char> head, Span<char> buffer)
    {
        _buffer = buffer;
        _head = head.Length;
        Ensure(head.Length);
        head.CopyTo(_buffer);
        _length = head.Length;
    }

    /// <summary>Adds a part that is there, though it may be empty.</summary>
    internal void Append(scoped ReadOnlySpan<char> part)
    {
        // An escaped character takes three.
        Ensure(1 + (3 * part.Length));
        _buffer[_length++] = ':';
        if (part.IndexOfAny('%', ':', '*') < 0)
        {
            part.CopyTo(_buffer[_length..]);
            _length += part.Length;
            return;
        }

        foreach (var character in part)
        {
            if (character is '%' or ':' or '*')
            {
                _buffer[_length++] = '%';
                _buffer[_length++] = character == ':' ? '3' : '2';
                _buffer[_length++] = character switch { '%' => '5', ':' => 'A', _ => 'A' };
            }
            else
            {
                _buffer[_length++] = character;
            }
        }
    }

    /// <summary>Adds a part that is not there, which differs from an empty one.</summary>
    internal void AppendAbsent()
    {
        Ensure(3);
        ":%-".CopyTo(_buffer[_length..]);
        _length += 3;
    }

    /// <summary>Adds a number, such as that of the parts that follow.</summary>
    internal void Append(int number)
    {
        Span<char> text = stackalloc char[11];
        number.TryFormat(text, out var length);
        Append(text[..length]);
    }

    /// <summary>
    /// The key, good until <see cref="Dispose"/>. What would be longer than a key may be keeps its head, and <c>%#</c> and the SHA-256 of the whole take the
    /// place of the rest.
    /// </summary>
    internal ReadOnlySpan<char> Finish()
    {
        if (_length > CacheKeyFormat.MaxLength)
        {
            // Over the UTF-16 units: UTF-8 would fold different lone surrogates into one replacement character.
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(MemoryMarshal.AsBytes(_buffer[.._length]), digest);
            _length = _head;
            ":%#".CopyTo(_buffer[_length..]);
            Convert.TryToHexStringLower(digest, _buffer.Slice(_length + 3, DigestChars), out _);
            _length += 3 + DigestChars;
        }

        return _buffer[.._length];
    }

    internal void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private void Ensure(int more)
    {
        if (_length + more <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<char>.Shared.Rent(Math.Max(2 * _buffer.Length, _length + more));
        _buffer[.._length].CopyTo(larger);
        Dispose();
        _buffer = _rented = larger;
    }
}
