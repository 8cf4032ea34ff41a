using System.Reflection;
using Dapper;

namespace Erp.Database;

/// <summary>Lets Dapper fill positional records on both databases: by the names and the order of the columns, whatever number type the driver returns.</summary>
/// <remarks>Dapper's own rule asks for the column's exact type, and SQLite has only one integer type and no boolean.</remarks>
internal sealed class RecordTypeMap(Type type) : SqlMapper.ITypeMap
{
    private readonly DefaultTypeMap _default = new(type);

    public ConstructorInfo? FindConstructor(string[] names, Type[] types) =>
        _default.FindConstructor(names, types) ?? type.GetConstructors().FirstOrDefault(constructor => IsMeant(constructor, names));

    public ConstructorInfo? FindExplicitConstructor() => _default.FindExplicitConstructor();

    public SqlMapper.IMemberMap? GetConstructorParameter(ConstructorInfo constructor, string columnName) =>
        _default.GetConstructorParameter(constructor, columnName);

    public SqlMapper.IMemberMap? GetMember(string columnName) => _default.GetMember(columnName);

    // Dapper passes the values in the order of the columns, so the order must agree and not only the names.
    private static bool IsMeant(ConstructorInfo constructor, string[] names)
    {
        var parameters = constructor.GetParameters();
        return parameters.Length == names.Length
            && parameters.Zip(names).All(pair =>
                pair.Second.Replace("_", "", StringComparison.Ordinal).Equals(pair.First.Name, StringComparison.OrdinalIgnoreCase));
    }
}
