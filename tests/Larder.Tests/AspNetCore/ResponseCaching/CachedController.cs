using Larder.AspNetCore.ResponseCaching;
using Microsoft.AspNetCore.Mvc;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>An action with cached responses. Public and at the top, where the framework looks for controllers.</summary>
[ApiController]
public sealed class CachedController : ControllerBase
{
    [HttpGet("/controller/{id}")]
    [Cached("minute", VaryByQuery = ["page"])]
    public IActionResult Get(int id, [FromQuery] int page) => Ok(new { id, page });
}
