using Larder.Caching;
using Larder.Views;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// The keys of a view's responses, <c>bff:{app}:{view}:{parameter}:…:{fingerprint}</c>. The key is of the view, so that all routes to it share its entries, and of the
/// values: <c>01</c> and <c>1</c>, a default given or left out, are one; what the view does not declare is not in it.
/// </summary>
internal sealed class ViewKey(View view, string application, TimeProvider time)
{
    private DefaultTexts? _defaults;

    public string Head { get; } = CacheKeyFormat.Build(view.Application ?? application, view.Name);

    /// <summary>From a request, without its values. False: it is to be bound, because something about it is wrong.</summary>
    public bool TryWrite(HttpContext context, ref CacheKeyWriter key)
    {
        var request = context.Request;
        for (var i = 0; i < view.Parameters.Length; i++)
        {
            var parameter = view.Parameters[i];
            ReadOnlySpan<char> text;
            if (request.RouteValues.TryGetValue(parameter.Name, out var value) && value is string routed)
            {
                text = routed;
            }
            else if (QueryText.Find(request.QueryString, parameter.Name, out text) > 1)
            {
                return false;
            }

            if (text.IsEmpty)
            {
                if (parameter.IsRequired)
                {
                    return false;
                }

                Append(Defaults().Texts[i], ref key);
            }
            else if (!ViewParameterText.TryWrite(parameter.Type, text, ref key))
            {
                return false;
            }
        }

        key.Append(view.Plan.Fingerprint);
        return true;
    }

    /// <summary>From bound values. What is stored is stored under this key: between the writing of the other and the binding the day may have changed.</summary>
    public string Of(ViewArguments arguments)
    {
        var key = new CacheKeyWriter(Head, stackalloc char[256]);
        foreach (var parameter in view.Parameters)
        {
            Append(arguments[parameter.Name] is { } value ? InputText.Of(value) : null, ref key);
        }

        key.Append(view.Plan.Fingerprint);
        var text = key.Finish().ToString();
        key.Dispose();
        return text;
    }

    private static void Append(string? text, ref CacheKeyWriter key)
    {
        if (text is null)
        {
            key.AppendAbsent();
        }
        else
        {
            key.Append(text);
        }
    }

    /// <summary>The texts of the defaults, which change with the day at most.</summary>
    private DefaultTexts Defaults()
    {
        var day = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerDay;
        var defaults = Volatile.Read(ref _defaults);
        if (defaults?.Day != day)
        {
            defaults = new(day, [.. view.Parameters.Select(parameter => parameter.Default(time) is { } value ? InputText.Of(value) : null)]);
            Volatile.Write(ref _defaults, defaults);
        }

        return defaults;
    }

    private sealed record DefaultTexts(long Day, string?[] Texts);
}
