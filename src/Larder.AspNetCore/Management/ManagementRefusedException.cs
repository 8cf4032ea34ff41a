namespace Larder.AspNetCore.Management;

/// <summary>A management request that is not answered as it was asked: how, and why.</summary>
internal sealed class ManagementRefusedException(int statusCode, string detail, string? member = null) : Exception(detail)
{
    public int StatusCode => statusCode;

    /// <summary>The member or parameter that is wrong; null: it is none.</summary>
    public string? Member => member;

    /// <summary>What a member or parameter has to be.</summary>
    public static ManagementRefusedException Of(string member, string what) => new(400, $"'{member}' {what}", member);
}
