using FsCheck;
using FsCheck.Fluent;
using Larder.Caching;

namespace Larder.Tests.Caching;

public sealed class CacheKeyWriterTests
{
    [Fact]
    public void Finish_AnyParts_IsWhatTheFormatBuilds()
    {
        var part = Gen.OneOf(
            Gen.Constant<string?>(null),
            Gen.Elements(':', '%', '*', '-', '#', 'A', '\ud800').ArrayOf().Select(letters => (string?)new string(letters)),
            Gen.Choose(0, 1100).Select(length => (string?)new string('x', length)));

        Prop.ForAll(part.ArrayOf().ToArbitrary(), parts => CacheKeyFormat.Build("app", "view", parts) == Written(parts))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static string Written(string?[] parts)
    {
        var key = new CacheKeyWriter("bff:app:view", stackalloc char[32]);
        foreach (var part in parts)
        {
            if (part is null)
            {
                key.AppendAbsent();
            }
            else
            {
                key.Append(part);
            }
        }

        var text = key.Finish().ToString();
        key.Dispose();
        return text;
    }
}
