using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>Forms with a file: routed by their fields, wherever these stand, and passed on byte for byte.</summary>
public sealed class MultipartTests
{
    private const string Boundary = "----Boundary7MA4YWxkTrZu0gW";

    private static readonly string Audio = Noise(2 * 1024 * 1024);
    private static readonly string File = Part("file\"; filename=\"a.wav", Audio, "Content-Type: audio/wav\r\n");

    [Theory]
    [InlineData("/v1/audio/transcriptions", true)]
    [InlineData("/v1/audio/transcriptions", false)]
    [InlineData("/v1/audio/translations", false)]
    public async Task ModelBeforeOrBehindTheFile_Routes(string path, bool modelFirst)
    {
        string model = Part("model", "m");
        string body = (modelFirst ? model + File : File + model) + Part("language", "de") + End;
        (RawMessage answer, RawMessage arrived) = await ServeAsync(body, body.Length, path: path);

        Assert.Equal(200, answer.Status);
        Assert.Equal(path, arrived.Target);
        Assert.Equal($"multipart/form-data; boundary={Boundary}", arrived.Header("Content-Type"));
        Assert.True(body == arrived.Body, "Other bytes arrived.");
    }

    [Theory]
    [InlineData("owned_by")]
    [InlineData("engine")]
    [InlineData("inference_server")]
    public async Task EngineField_IsCutOut_WhereverItStands(string name)
    {
        string owner = Part(name, "VLLM");
        string model = Part("model", "m");
        foreach (string[] parts in (string[][])[[owner, File, model], [File, owner, model], [File, model, owner]])
        {
            string expected = string.Concat(parts.Where(part => part != owner)) + End;
            (RawMessage answer, RawMessage arrived) = await ServeAsync(string.Concat(parts) + End, expected.Length);
            Assert.Equal(200, answer.Status);
            Assert.True(expected == arrived.Body, "Other bytes arrived.");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TargetModel_TakesThePlaceOfTheField(bool chunked)
    {
        string body = Part("model", "alias") + File + Part("owned_by", "vllm") + Part("prompt", "alias") + End;
        string expected = Part("model", "org/real one") + File + Part("prompt", "alias") + End;
        (RawMessage answer, RawMessage arrived) = await ServeAsync(body, expected.Length, chunked);
        Assert.Equal(200, answer.Status);
        Assert.True(expected == arrived.Body, "Other bytes arrived.");
    }

    [Fact]
    public async Task ModelFromTheHeader_Routes_AndTheFormStaysAsItIs()
    {
        string body = File + End;
        (RawMessage answer, RawMessage arrived) = await ServeAsync(body, body.Length, headers: "x-gateway-model-name: m\r\n");
        Assert.Equal(200, answer.Status);
        Assert.True(body == arrived.Body, "Other bytes arrived.");
    }

    public static TheoryData<string, int, string> Wrong => new()
    {
        { Part("model", "m") + File, 400, "invalid_multipart" },
        { Part("model", "m") + "--" + Boundary + "\r\nno header\r\n\r\nx\r\n" + End, 400, "invalid_multipart" },
        { "", 400, "invalid_multipart" },
        { "nothing", 400, "invalid_multipart" },
        { Part("model", "m") + File + Part("model", "m") + End, 400, "duplicate_field" },
        { Part("model", "m") + Part("owned_by", "vllm") + File + Part("owned_by", "vllm") + End, 400, "duplicate_field" },
        { Part("model\"; filename=\"m", "m") + File + End, 400, "invalid_type" },
        { Part("model", "\u00ff") + File + End, 400, "invalid_type" },
        { File + End, 400, "model_required" },
        { Part("model", "") + File + End, 400, "model_required" },
        { Part("Model", "m") + File + End, 400, "model_required" },
        { Part("model", "none") + File + End, 404, "model_not_found" },
        { Part("model", "m") + File + Part("engine", "sglang") + End, 404, "model_not_found" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task FormThatCannotBeRouted_IsRefused(string body, int status, string code)
    {
        (RawMessage answer, RawMessage arrived) = await ServeAsync(body, -1);
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("", arrived.Head);
    }

    private static string End => $"--{Boundary}--\r\n";

    private static string Part(string name, string value, string headers = "") =>
        $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{headers}\r\n{value}\r\n";

    /// <param name="body">As Latin-1.</param>
    /// <param name="expectedLength">What the engine gets; negative when it gets nothing.</param>
    /// <param name="chunked">Whether the client announces no length.</param>
    /// <param name="headers">Further ones.</param>
    /// <param name="path">Where to.</param>
    private static async Task<(RawMessage Answer, RawMessage Arrived)> ServeAsync(
        string body, int expectedLength, bool chunked = false, string headers = "", string path = "/v1/audio/transcriptions")
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            $"--engine={engine.Url}",
            "--Gateway:Mappings:0:Model=alias",
            "--Gateway:Mappings:0:OwnedBy=vllm",
            $"--Gateway:Mappings:0:Endpoints:0={engine.Url}",
            "--Gateway:Mappings:0:TargetModel=org/real one");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        string framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
        string framed = chunked ? $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n" : body;
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: multipart/form-data; boundary={Boundary}\r\n{framing}\r\n{headers}\r\n{framed}");
        RawMessage answer = await RawMessage.ReadAsync(client);
        await gateway.AssertIdleAsync();
        if (expectedLength < 0)
        {
            Assert.Equal(0, engine.Requests);
            return (answer, new RawMessage("", ""));
        }

        RawMessage arrived = await engine.NextAsync();
        Assert.Equal($"{expectedLength}", arrived.Header("Content-Length"));
        return (answer, arrived);
    }

    // Bytes as of a sound, with line ends and dashes and what looks like the beginning of a delimiter.
    private static string Noise(int length)
    {
        var random = new Random(7);
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        string lookalike = $"\r\n--{Boundary[..^1]}x\r\n--\r\n";
        for (int at = 4000; at < length - 100; at += 65_521)
            Encoding.Latin1.GetBytes(lookalike).CopyTo(bytes, at);
        return Encoding.Latin1.GetString(bytes);
    }
}
