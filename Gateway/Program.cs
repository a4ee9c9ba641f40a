namespace Gateway;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        WebApplication app = WebApplication.CreateSlimBuilder(args).Build();
        await app.RunAsync();
        return 0;
    }
}
