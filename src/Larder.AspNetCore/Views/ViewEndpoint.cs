using Larder.AspNetCore.ResponseCaching;
using Larder.AspNetCore.Warming;
using Larder.Caching;
using Larder.Diagnostics;
using Larder.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.Views;

/// <summary>
/// Answers requests for one view, most of them with a stored response. For any other: (1) bind and check the parameters; (2) run the view, together with whoever asks
/// for the same; (3) send what came of it.
/// </summary>
internal sealed class ViewEndpoint : CachedHandler
{
    private readonly View _view;
    private readonly ViewExecutor _executor;
    private readonly ViewKey _key;
    private readonly PlannedSection[] _neverStored;

    /// <summary>Answers a view.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="view">The view.</param>
    /// <param name="options">What the endpoint says about caching.</param>
    /// <param name="isCounted">Whether its answers are in the figures.</param>
    public ViewEndpoint(IServiceProvider services, View view, CachedAttribute options, bool isCounted = true)
        : base(services, options, $"view {view.Name}", view, isCounted)
    {
        if (options.VariesByPrincipal || options.VaryByHost || options.VaryByQuery.Length + options.VaryByHeader.Length + options.Tags.Length > 0)
        {
            throw new InvalidOperationException($"View '{view.Name}' varies by its parameters and carries the tags of its sections; beside its policy only Shared can be said of its responses.");
        }

        _view = view;
        Popular = isCounted && services.GetService<PopularRequests>() is { IsOn: true } popular ? popular : null;
        _executor = services.GetRequiredService<ViewExecutor>();
        _key = new ViewKey(view, _executor.Options.Application, _executor.Time);
        var cache = services.GetRequiredService<LarderCache>();
        _neverStored = [.. view.Plan.Sections.Where(planned => planned.Section.Source.IsAsked && !cache.GetPolicy(planned.Section.Policy ?? view.Policy).Stores)];
    }

    public override (string? Key, string? Bypass) Describe(HttpContext context)
    {
        var arguments = Bind(context, out var errors);
        return errors.Count > 0 ? (null, "bad-parameters") : (_key.Of(arguments), WhyPastTheStore(context) ?? (HasUnstored(arguments) ? "no-store" : null));
    }

    protected override string KeyHead => _key.Head;

    protected override bool TryWriteKey(HttpContext context, ref CacheKeyWriter key) => _key.TryWrite(context, ref key);

    protected override IResponseSource SourceOf(HttpContext context) => SourceOf(Bind(context, out _));

    protected override async Task<CacheOutcome> AnswerAsync(HttpContext context, bool wasStale)
    {
        var arguments = Bind(context, out var errors);
        if (errors.Count > 0)
        {
            await ViewProblems.BadParameters(errors).ExecuteAsync(context);
            return CacheOutcome.Uncached;
        }

        var bypass = WhyPastTheStore(context) ?? (HasUnstored(arguments) ? "no-store" : null);
        var key = _key.Of(arguments);
        var startedAt = Popular is null ? 0 : _executor.Time.GetTimestamp();
        var outcome = await AnswerAsync(context, key, bypass, wasStale, SourceOf(arguments));
        if (outcome == CacheOutcome.Miss && context.Response.StatusCode == StatusCodes.Status200OK)
        {
            Popular?.NoteLoad(key, _view, context, _executor.Time.GetElapsedTime(startedAt));
        }

        return outcome;
    }

    private ViewSource SourceOf(ViewArguments arguments) => new(_executor, arguments, keepsNegatives: Policy.NegativeDuration is not null, Meter);

    private ViewArguments Bind(HttpContext context, out Dictionary<string, string[]> errors) =>
        ViewArgumentsBinder.Bind(_view, _executor.Time, name => TextsOf(context, name), out errors);

    /// <summary>Whether a section of this call is never stored. Two calls at one time do not even share it: what changes it is not known.</summary>
    private bool HasUnstored(ViewArguments arguments) =>
        _neverStored.Any(planned => planned.SwitchIndex is not { } index || arguments[_view.Parameters[index].Name] is not (null or false));

    private static StringValues TextsOf(HttpContext context, string name) =>
        context.GetRouteValue(name) is string text ? new StringValues(text) : context.Request.Query[name];
}
