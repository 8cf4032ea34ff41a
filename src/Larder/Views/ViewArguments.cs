namespace Larder.Views;

/// <summary>The values of a view's parameters in one call, checked against their bounds.</summary>
public sealed class ViewArguments
{
    private readonly object?[] _values;

    internal ViewArguments(View view, object?[] values)
    {
        View = view;
        _values = values;
    }

    internal View View { get; }

    /// <summary>Whether a value is given or defaulted.</summary>
    public bool Has(string name) => this[name] is not null;

    /// <summary>The value of a parameter.</summary>
    /// <typeparam name="T">Its type; nullable for a parameter that may be absent.</typeparam>
    /// <exception cref="ArgumentException">The view has no such parameter.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T Get<T>(string name) => (T)this[name]!;

    internal object? this[string name] => _values[View.IndexOfParameter(name)];
}
