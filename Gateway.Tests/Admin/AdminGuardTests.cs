using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Gateway.Admin;

namespace Gateway.Tests.Admin;

public sealed class AdminGuardTests
{
    private const string Secret = "s3cret-Token";

    private static readonly string?[] Hosts = [null, "127.0.0.1", "[::1]", "LOCALHOST:81", "evil.example", "localhost.evil.example", "127.0.0.2"];

    private static readonly string[] ProxyHeaders =
        ["", "Forwarded", "X-Forwarded-For", "x-forwarded-proto", "X-Envoy-External-Address", "X-Envoy-Anything", "Via", "X-Original-For"];

    /// <summary>Remote address, the header of the token (null: none is configured), whether the pair of these may be let in at all.</summary>
    public static TheoryData<string, string?, bool> Cells
    {
        get
        {
            var cells = new TheoryData<string, string?, bool>();
            foreach (string remote in (string[])["127.0.0.1", "::1", "127.0.0.2", "other"])
            {
                cells.Add(remote, null, remote is "127.0.0.1" or "::1");
                cells.Add(remote, $"Bearer {Secret}", true);
                cells.Add(remote, $"bearer  {Secret}", true);
                cells.Add(remote, $"Bearer {Secret}x", false);
                cells.Add(remote, $"Basic {Secret}", false);
                cells.Add(remote, Secret, false);
                cells.Add(remote, "", false);
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Guard_LetsIn(string remote, string? authorization, bool mayBeLetIn)
    {
        IPAddress? caller = remote == "other" ? OtherAddress() : IPAddress.Parse(remote);
        Assert.SkipWhen(caller is null, "This machine has no address but its loopback ones.");
        Assert.SkipWhen(remote == "::1" && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Assert.SkipWhen(remote == "127.0.0.2" && OperatingSystem.IsMacOS(), "macOS gives the loopback interface 127.0.0.1 only.");

        await using AdminHost host = await AdminHost.StartAsync(
            new AdminOptions { Token = authorization is null ? null : Secret }, listen: kestrel => kestrel.ListenAnyIP(0));

        // From 127.0.0.2 to 127.0.0.1: only the remote end is strange.
        using HttpClient client = remote == "127.0.0.2" ? host.ConnectingTo(IPAddress.Loopback, caller) : host.ConnectingTo(caller);
        var wrong = new List<string>();
        foreach (string? name in Hosts)
        {
            foreach (string proxyHeader in ProxyHeaders)
            {
                var request = new HttpRequestMessage(HttpMethod.Get, "/admin/api/routing");
                request.Headers.Host = name ?? $"localhost:{host.Port}";
                if (proxyHeader.Length > 0)
                    request.Headers.TryAddWithoutValidation(proxyHeader, "for=127.0.0.1");
                if (!string.IsNullOrEmpty(authorization))
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);

                bool isLoopbackCall = proxyHeader.Length == 0 && (name is null or "127.0.0.1" or "[::1]" or "LOCALHOST:81");
                bool expected = mayBeLetIn && (authorization is not null || isLoopbackCall);
                AdminAnswer answer = await AdminHost.SendAsync(client, request);
                if (answer.Status != (expected ? 200 : 401))
                    wrong.Add($"Host '{name}' with '{proxyHeader}': {answer.Status}");
                if (answer.Status == 401)
                {
                    Assert.Equal("admin_unauthorized", answer.ErrorCode);
                    Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
                    Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task CallerFromLoopbackToAnotherLocalAddress_IsNotLetIn()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "macOS gives the loopback interface 127.0.0.1 only.");
        await using AdminHost host = await AdminHost.StartAsync(listen: kestrel => kestrel.Listen(IPAddress.Any, 0));
        using HttpClient toStrange = host.ConnectingTo(IPAddress.Parse("127.0.0.2"), IPAddress.Loopback);
        using HttpClient toOwn = host.ConnectingTo(IPAddress.Loopback, IPAddress.Loopback);
        Assert.Equal(401, (await AdminHost.SendAsync(toStrange, new HttpRequestMessage(HttpMethod.Get, "/admin/api/routing"))).Status);
        Assert.Equal(200, (await AdminHost.SendAsync(toOwn, new HttpRequestMessage(HttpMethod.Get, "/admin/api/routing"))).Status);
    }

    [Fact]
    public async Task LoopbackSwitchedOff_LetsNobodyInWithoutAToken()
    {
        await using AdminHost host = await AdminHost.StartAsync(new AdminOptions { Loopback = false });
        AdminAnswer answer = await host.GetAsync("/admin/api/routing");
        Assert.Equal((401, "admin_unauthorized"), (answer.Status, answer.ErrorCode));
        Assert.Contains("Gateway:Admin:Token", answer.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryCallIsGuarded()
    {
        await using AdminHost host = await AdminHost.StartAsync(new AdminOptions { Token = Secret });
        Assert.Equal(401, (await host.PostAsync("/admin/api/routing", """{"model":"m","owned_by":"vllm","service_name":"s"}""")).Status);
        Assert.Equal(401, (await host.DeleteAsync("?model=m&owned_by=vllm")).Status);
        Assert.Equal(401, (await host.PostAsync("/admin/discover")).Status);
        Assert.Equal(401, (await host.GetAsync("/admin/api/status")).Status);
        Assert.Empty(host.Store.Current.Mappings);
    }

    [Fact]
    public async Task TwoAuthorizationHeaders_AreNotLetIn()
    {
        await using AdminHost host = await AdminHost.StartAsync(new AdminOptions { Token = Secret });
        string answer = await host.ExchangeAsync(
            $"GET /admin/api/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Secret}\r\nAuthorization: Bearer other\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "401")]
    [InlineData("Host: \r\n", "401")]
    [InlineData("Host: localhost\r\n", "200")]
    public async Task CallerWithoutHost_IsNotLetIn(string hostHeader, string status)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        string answer = await host.ExchangeAsync($"GET /admin/api/status HTTP/1.0\r\n{hostHeader}\r\n");
        Assert.Equal(status, answer.Split(' ')[1]);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("http://localhost:{port}", "same-origin", true)]
    [InlineData("http://LOCALHOST:{port}", null, true)]
    [InlineData(null, "none", true)]
    [InlineData(null, "same-site", false)]
    [InlineData(null, "cross-site", false)]
    [InlineData("http://localhost:{port}", "cross-site", false)]
    [InlineData("http://localhost", null, false)]
    [InlineData("http://localhost:1", null, false)]
    [InlineData("http://127.0.0.1:{port}", null, false)]
    [InlineData("https://evil.example", null, false)]
    [InlineData("http://localhost:{port}.evil.example", null, false)]
    [InlineData("http://localhost:{port}@evil.example", null, false)]
    [InlineData("null", null, false)]
    [InlineData("", null, false)]
    [InlineData("vscode-webview://localhost:{port}", null, false)]
    public async Task PageOfAnotherOrigin_IsNotLetIn(string? origin, string? site, bool letIn)
    {
        foreach (string? token in (string?[])[null, Secret])
        {
            await using AdminHost host = await AdminHost.StartAsync(new AdminOptions { Token = token });
            foreach (string method in (string[])["GET", "POST"])
            {
                var request = new HttpRequestMessage(new HttpMethod(method), method == "GET" ? "/admin/api/routing" : "/admin/discover");
                if (origin is not null)
                    request.Headers.TryAddWithoutValidation("Origin", origin.Replace("{port}", $"{host.Port}", StringComparison.Ordinal));
                if (site is not null)
                    request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
                if (token is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
                Assert.Equal(letIn ? 200 : 401, (await host.SendAsync(request)).Status);
            }
        }
    }

    [Theory]
    [InlineData("https://gateway.example", "gateway.example", true)]
    [InlineData("https://gateway.example", "gateway.example:443", true)]
    [InlineData("https://gateway.example", "gateway.example:80", false)]
    [InlineData("http://gateway.example", "gateway.example:80", true)]
    public async Task Origin_IsComparedWithTheDefaultPortOfItsScheme(string origin, string hostHeader, bool letIn)
    {
        await using AdminHost host = await AdminHost.StartAsync(new AdminOptions { Token = Secret });
        var request = new HttpRequestMessage(HttpMethod.Get, "/admin/api/routing");
        request.Headers.Host = hostHeader;
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Secret}");
        Assert.Equal(letIn ? 200 : 401, (await host.SendAsync(request)).Status);
    }

    private static IPAddress? OtherAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
}
