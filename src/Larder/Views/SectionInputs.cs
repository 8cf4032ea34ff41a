namespace Larder.Views;

/// <summary>
/// What a section was read for: the values of its declared inputs, and nothing else, because these values are its cache key. A section
/// that could see more would be served to callers it was not read for.
/// </summary>
public sealed class SectionInputs
{
    private readonly SectionInput[] _inputs;
    private readonly object?[] _values;

    internal SectionInputs(SectionInput[] inputs, object?[] values)
    {
        _inputs = inputs;
        _values = values;
    }

    internal int Count => _inputs.Length;

    /// <summary>The value of a declared input.</summary>
    /// <typeparam name="T">Its type; nullable for one that may be null.</typeparam>
    /// <exception cref="ArgumentException">The section does not declare the input.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T Get<T>(string name)
    {
        var (_, value) = Find(name);
        return value is null && default(T) is not null
            ? throw new InvalidCastException($"The input '{name}' is null: get it as {typeof(T).Name}?.")
            : (T)value!;
    }

    /// <exception cref="ArgumentException">The section does not declare the input.</exception>
    internal (SectionInput Input, object? Value) Find(string name)
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Name == name)
            {
                return (_inputs[i], _values[i]);
            }
        }

        throw new ArgumentException($"The section does not declare the input '{name}': add .Uses(\"{name}\").", nameof(name));
    }

    internal (SectionInput Input, object? Value) this[int index] => (_inputs[index], _values[index]);
}
