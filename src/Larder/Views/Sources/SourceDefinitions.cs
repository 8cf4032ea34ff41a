namespace Larder.Views.Sources;

internal static class SourceDefinitions
{
    /// <summary>
    /// Names the code that shapes a result: the modules' version ids change with every change of the code compiled into them, so that a
    /// new deployment never reads the fragments of an old shape.
    /// </summary>
    public static string Of(Type result, params Delegate[] code) =>
        string.Join(' ', code.Select(part => part.Method.Module.ModuleVersionId.ToString("N")).Prepend(result.Module.ModuleVersionId.ToString("N")).Prepend(result.ToString()));
}
