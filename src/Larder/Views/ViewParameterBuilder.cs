namespace Larder.Views;

/// <summary>Describes one parameter of a view.</summary>
/// <typeparam name="T">The parameter's type.</typeparam>
public sealed class ViewParameterBuilder<T>
{
    internal ViewParameterBuilder(ViewParameter parameter) => Parameter = parameter;

    internal ViewParameter Parameter { get; private set; }

    /// <summary>Refuses values outside of the bounds, both inclusive; for a string, lengths.</summary>
    public ViewParameterBuilder<T> Between(IComparable minimum, IComparable maximum) =>
        With(Parameter with { Minimum = minimum, Maximum = maximum });

    /// <summary>Refuses values below the bound, inclusive; for a string, shorter ones.</summary>
    public ViewParameterBuilder<T> AtLeast(IComparable minimum) => With(Parameter with { Minimum = minimum });

    /// <summary>Refuses every other word.</summary>
    public ViewParameterBuilder<T> OneOf(params string[] words) => With(Parameter with { AllowedValues = [.. words] });

    /// <summary>Says what it means, for documentation.</summary>
    public ViewParameterBuilder<T> Describe(string description) => With(Parameter with { Description = description });

    /// <summary>Absent means the current day in UTC.</summary>
    /// <exception cref="InvalidOperationException">The parameter is not a <see cref="DateOnly"/>.</exception>
    public ViewParameterBuilder<T> DefaultToToday()
    {
        if (Parameter.Type != typeof(DateOnly))
        {
            throw new InvalidOperationException($"Parameter '{Parameter.Name}' is no date.");
        }

        return With(Parameter with { IsRequired = false, Default = static time => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), DocumentedDefault = "today" });
    }

    private ViewParameterBuilder<T> With(ViewParameter parameter)
    {
        Parameter = parameter;
        return this;
    }
}
