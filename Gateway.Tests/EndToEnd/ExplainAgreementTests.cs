using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>What is told of a request is what it gets.</summary>
public sealed class ExplainAgreementTests
{
    private static readonly string Large = new('p', 2_000_000);

    private static readonly PlainRequest[] Requests =
    [
        // Served.
        new("""{"model":"m"}"""),
        new("""{"model":"m","owned_by":"a"}"""),
        new("""{"model":"m","owned_by":"B","stream":true}"""),
        new("""{"model":"m","engine":"c","x":[1,{"owned_by":"a"}]}"""),
        new("""{"model":"m"}""", "x-inference-server: c\r\n"),
        new("{}", "x-gateway-model-name: m\r\nx-engine: a\r\n"),
        new("{}", Query: "?model=m&x=1&engine=b"),
        new("""{"model":"alias"}"""),
        new("""{"model":"m@c"}"""),
        new("""{"model":"m","owned_by":"a"}""", Path: "/v1/messages"),
        new("""{"model":"m"}""", Path: "/v1/responses"),
        new("""{"model":"m"}""", ContentType: "application/json; charset=utf-8"),
        new(Form("model", "m") + Form("owned_by", "c") + "--b--\r\n", Path: "/v1/audio/transcriptions", ContentType: "multipart/form-data; boundary=b"),
        new($$"""{"model":"m","owned_by":"a","pad":"{{Large}}"}"""),
        new($$"""{"pad":"{{Large}}","model":"m","engine":"b"}"""),
        new("""{"model":"canary"}"""),
        new("""{"model":"spare"}"""),

        // Refused.
        new(""),
        new("{}"),
        new("""{"model":"m","model":"m"}"""),
        new("""{"model":"m","owned_by":"a","owned_by":"b"}"""),
        new("""{"model":7}"""),
        new("""{"model":"m","engine":[]}""", "x-owned-by: a\r\n"),
        new("""{"model":"m" """),
        new("""[{"model":"m"}]"""),
        new("""{"model":"none"}"""),
        new("""{"model":"none"}""", Path: "/v1/messages"),
        new("""{"model":"m","owned_by":"nobody"}"""),
        new("""{"model":"m@nobody"}"""),
        new("""{"model":"m","owned_by":"b","owned_by":1}""", Path: "/v1/messages"),
        new("""{"model":"m","owned_by":"gone"}"""),
        new("""{"model":"lost"}""", Path: "/v1/messages"),
        new("""{"model":"m"}""", ContentType: "text/plain"),
        new("""{"model":"m"}""", "Content-Encoding: gzip\r\n"),
        new(Form("model", "m"), Path: "/v1/audio/transcriptions", ContentType: "multipart/form-data; boundary=b"),
        new($$"""{"pad":"{{Large}}","model":"m","engine":"b","model":"m"}"""),
    ];

    [Fact]
    public async Task EveryRequest_GetsWhatWasTold()
    {
        await using CapturingEngine a = CapturingEngine.Start(ownedBy: "a");
        await using CapturingEngine b = CapturingEngine.Start(ownedBy: "b");
        await using CapturingEngine b2 = CapturingEngine.Start(ownedBy: "b");
        await using CapturingEngine c = CapturingEngine.Start(ownedBy: "c");
        CapturingEngine gone = CapturingEngine.Start(ownedBy: "gone");
        await gone.DisposeAsync();
        CapturingEngine[] engines = [a, b, b2, c];
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            [.. engines.Select(engine => $"--engine={engine.Url}"), "--Gateway:ExposeEndpoint=true", "--Gateway:Routing:ModelSuffix=true",
                "--Gateway:Routing:DefaultOwnedBy:0=c", .. Mapping(0, "alias", "a", a.Url, "m"), .. Mapping(1, "canary", "a", b2.Url, null),
                .. Mapping(2, "canary", "gone", gone.Url, null), .. Mapping(3, "m", "gone", gone.Url, null), .. Mapping(4, "lost", "gone", gone.Url, null),
                .. Mapping(5, "spare", "gone", gone.Url, null, "--Gateway:Mappings:5:Priority=-1"), .. Mapping(6, "spare", "b", b.Url, "m")]);
        Assert.Equal(503, (await new PlainRequest("""{"model":"lost"}""").SendAsync(gateway)).Status);

        foreach (PlainRequest request in Requests)
        {
            int before = engines.Sum(engine => engine.Requests);
            JsonElement told = await request.ExplainAsync(gateway);
            Assert.Equal(before, engines.Sum(engine => engine.Requests));
            Assert.Equal(0, gateway.InFlight);

            RawMessage answer = await request.SendAsync(gateway);
            string subject = $"{request.Path} {request.Headers}{request.Body[..Math.Min(request.Body.Length, 80)]}: {told.GetRawText()}";
            if (told.GetProperty("refusal").ValueKind == JsonValueKind.Null)
                AssertServed(told, answer, subject);
            else
                AssertRefused(told, answer, subject);
            await gateway.SettlesAsync();
        }
    }

    private static void AssertServed(JsonElement told, RawMessage answer, string subject)
    {
        JsonElement choice = told.GetProperty("choice");
        string[] admitted = [.. told.GetProperty("candidates").EnumerateArray().Where(one => one.GetProperty("in").GetBoolean()).Select(one => one.GetProperty("address").GetString()!)];
        Assert.True(answer.Status == 200, subject);
        Assert.Contains(choice.GetProperty("address").GetString()!, admitted);
        Assert.Contains(answer.Header("x-gateway-destination-endpoint-served")!, admitted);
        Assert.True(choice.GetProperty("owned_by").GetString() == answer.Header("x-owned-by"), subject);
    }

    private static void AssertRefused(JsonElement told, RawMessage answer, string subject)
    {
        JsonElement refusal = told.GetProperty("refusal");
        JsonElement error = answer.Json.GetProperty("error");
        Assert.True(refusal.GetProperty("status").GetInt32() == answer.Status, subject);
        foreach (JsonProperty member in error.EnumerateObject())
            Assert.True(refusal.GetProperty(member.Name).ToString() == member.Value.ToString(), subject);
    }

    private static string Form(string name, string value) => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string[] Mapping(int number, string model, string ownedBy, Uri endpoint, string? target, params string[] more)
    {
        string key = $"--Gateway:Mappings:{number}";
        return
        [
            $"{key}:Model={model}", $"{key}:OwnedBy={ownedBy}", $"{key}:Endpoints:0={endpoint}",
            .. target is null ? (string[])[] : [$"{key}:TargetModel={target}"], .. more,
        ];
    }
}
