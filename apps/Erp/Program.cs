using Erp;
using Erp.Database;

var app = WebApplication.CreateBuilder(args).AddErp().Build();
app.MapErp();
if (!await app.Services.PrepareErpDatabaseAsync(app.Lifetime.ApplicationStopping))
{
    return 1;
}

await app.RunAsync();
return 0;
