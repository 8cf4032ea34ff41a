using Erp.Database;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddErpDatabase();
var app = builder.Build();
if (!await app.Services.PrepareErpDatabaseAsync(app.Lifetime.ApplicationStopping))
    return 1;
await app.RunAsync();
return 0;
