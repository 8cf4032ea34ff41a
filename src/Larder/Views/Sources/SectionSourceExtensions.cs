namespace Larder.Views.Sources;

/// <summary>Says what a section is read for.</summary>
public static class SectionSourceExtensions
{
    /// <summary>Declares that the section depends on parameters of the view that its text does not mention.</summary>
    public static TSource Uses<TSource>(this TSource source, params string[] parameters)
        where TSource : SectionSource =>
        parameters.Aggregate(source, (current, name) => (TSource)current.WithBinding(new SectionInput(name, typeof(object))));

    /// <summary>Adds an input that is computed from the view's arguments, such as the first day of a period.</summary>
    public static TSource With<TSource, TValue>(this TSource source, string name, Func<ViewArguments, TValue> compute)
        where TSource : SectionSource =>
        (TSource)source.WithBinding(new SectionInput(name, typeof(TValue)) { Compute = arguments => compute(arguments) });

    /// <summary>
    /// Adds an input that is taken from the JSON of another section, which is read first. It is null when that section is null.
    /// </summary>
    public static TSource From<TSource, TSection, TValue>(this TSource source, string name, string section, Func<TSection, TValue> pick)
        where TSource : SectionSource
        where TSection : notnull =>
        (TSource)source.WithBinding(new SectionInput(name, typeof(TValue)) { Dependency = section, DependencyType = typeof(TSection), Pick = value => pick((TSection)value) });
}
