using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Admin;
using Gateway.Forwarding;
using Gateway.Routing;

namespace Gateway.Tests.Admin;

public sealed class MappingJsonTests
{
    private const string Pair = "\"model\":\"m\",\"owned_by\":\"vllm\"";

    [Theory]
    [InlineData("", null, "valid JSON")]
    [InlineData("{", null, "valid JSON")]
    [InlineData("[]", null, "must be a JSON object")]
    [InlineData("\"text\"", null, "must be a JSON object")]
    [InlineData("{" + Pair + "} x", null, "valid JSON")]
    [InlineData("{\"owned_by\":\"vllm\",\"service_name\":\"s\"}", "model", "is required")]
    [InlineData("{\"model\":null,\"owned_by\":\"vllm\",\"service_name\":\"s\"}", "model", "is required")]
    [InlineData("{\"model\":\"\",\"owned_by\":\"vllm\",\"service_name\":\"s\"}", "model", "non-empty string")]
    [InlineData("{\"model\":\" \",\"owned_by\":\"vllm\",\"service_name\":\"s\"}", "model", "non-empty string")]
    [InlineData("{\"model\":7,\"owned_by\":\"vllm\",\"service_name\":\"s\"}", "model", "non-empty string")]
    [InlineData("{\"model\":\"a\\nb\",\"owned_by\":\"vllm\",\"service_name\":\"s\"}", "model", "control characters")]
    [InlineData("{\"model\":\"\\ud800\",\"owned_by\":\"vllm\",\"service_name\":\"s\"}", null, "valid JSON")]
    [InlineData("{\"model\":\"m\",\"service_name\":\"s\"}", "owned_by", "is required")]
    [InlineData("{\"model\":\"m\",\"owned_by\":\"v llm\",\"service_name\":\"s\"}", "owned_by", "printable ASCII")]
    [InlineData("{\"model\":\"m\",\"owned_by\":\"vllm\\u00e9\",\"service_name\":\"s\"}", "owned_by", "printable ASCII")]
    [InlineData("{" + Pair + "}", "service_name", "none is there")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"endpoints\":[\"http://10.0.0.1:8000\"]}", "endpoints", "service_name and endpoints are")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"targets\":[{\"service_name\":\"s\"}]}", "targets", "exactly one")]
    [InlineData("{" + Pair + ",\"service_name\":\"../pods\"}", "service_name", "Service or Deployment")]
    [InlineData("{" + Pair + ",\"service_name\":\"\"}", "service_name", "Service or Deployment")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"namespace\":\"a/b\"}", "namespace", "name of a namespace")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"target_model\":\"\"}", "target_model", "non-empty string")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"wieght\":1}", "wieght", "allowed are model, owned_by")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"wieght\":null}", "wieght", "allowed are model, owned_by")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"service_name\":\"s\"}", null, "service_name")]
    [InlineData("{" + Pair + ",\"endpoints\":[]}", "endpoints", "at least one")]
    [InlineData("{" + Pair + ",\"endpoints\":\"http://10.0.0.1:8000\"}", "endpoints", "array")]
    [InlineData("{" + Pair + ",\"endpoints\":[7]}", "endpoints", "http://host:port")]
    [InlineData("{" + Pair + ",\"endpoints\":[\"10.0.0.1:8000\"]}", "endpoints", "http://host:port")]
    [InlineData("{" + Pair + ",\"endpoints\":[\"http://10.0.0.1:8000/v1\"]}", "endpoints", "http://host:port")]
    [InlineData("{" + Pair + ",\"endpoints\":[\"ftp://10.0.0.1:8000\"]}", "endpoints", "http://host:port")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"weight\":-1}", "weight", "integer from 0")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"weight\":1.5}", "weight", "integer from 0")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"weight\":\"1\"}", "weight", "integer from 0")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"priority\":99999999999}", "priority", "integer from")]
    [InlineData("{" + Pair + ",\"targets\":[]}", "targets", "at least one")]
    [InlineData("{" + Pair + ",\"targets\":[7]}", "targets[0]", "must be a JSON object")]
    [InlineData("{" + Pair + ",\"targets\":[{\"service_name\":\"s\"},{}]}", "targets[1].service_name", "none is there")]
    [InlineData("{" + Pair + ",\"targets\":[{\"service_name\":\"s\",\"priority\":1}]}", "targets[0].priority", "allowed are service_name")]
    [InlineData("{" + Pair + ",\"targets\":[{\"service_name\":\"s\",\"weight\":-1}]}", "targets[0].weight", "integer from 0")]
    [InlineData("{" + Pair + ",\"targets\":[{\"service_name\":\"s\",\"weight\":0}]}", "targets", "weight above 0")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"timeouts\":30}", "timeouts", "must be a JSON object with some of first_byte, first_byte_unary, idle, total")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"timeouts\":{\"idle\":30}}", "timeouts.idle", "must be a duration above 00:00:00 and up to 24.00:00:00, as a string \"[d.]hh:mm:ss[.fff]\"")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"timeouts\":{\"first_byte\":\"30\"}}", "timeouts.first_byte", "must be a duration")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"timeouts\":{\"first_byte_unary\":\"00:00:00\"}}", "timeouts.first_byte_unary", "above 00:00:00")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"timeouts\":{\"total\":\"24.00:00:01\"}}", "timeouts.total", "up to 24.00:00:00")]
    [InlineData("{" + Pair + ",\"service_name\":\"s\",\"timeouts\":{\"connect\":\"00:00:02\"}}", "timeouts.connect", "'timeouts' has no member 'connect'; allowed are first_byte, first_byte_unary, idle, total")]
    [InlineData("{" + Pair + ",\"targets\":[{\"service_name\":\"s\",\"timeouts\":{}}]}", "targets[0].timeouts", "allowed are service_name")]
    public void WhatIsWrong_IsNamedWithWhatIsAllowed(string json, string? member, string message)
    {
        MappingReading reading = MappingJson.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Null(reading.Mapping);
        Assert.Equal(member, reading.Member);
        Assert.Contains(message, reading.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void BrokenUtf8_IsRefused()
    {
        byte[] json = [.. "{\"model\":\""u8, 0xff, .. "\",\"owned_by\":\"vllm\",\"service_name\":\"s\"}"u8];
        Assert.NotNull(MappingJson.Parse(json).Problem);
    }

    [Fact]
    public async Task Post_OfWhatIsWrong_Is400WithTheMember()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        AdminAnswer answer = await host.PostAsync("/admin/api/routing", "{" + Pair + ",\"service_name\":\"s\",\"weight\":-1}");
        Assert.Equal((400, "invalid_mapping", "weight"), (answer.Status, answer.ErrorCode, answer.ErrorParam));
        Assert.Equal("'weight' must be an integer from 0 to 1000000.", answer.ErrorMessage);
        Assert.Equal(0, host.Store.Current.Revision);
    }

    [Fact]
    public void NullCountsAsAbsent_AndAnEndpointNamedTwiceAsOne()
    {
        Mapping mapping = MappingJson.Parse(Encoding.UTF8.GetBytes(
            "{" + Pair + ",\"service_name\":null,\"target_model\":null,\"weight\":null,\"endpoints\":[\"http://h\",\"http://H:80/\"]}")).Mapping!;
        Assert.Equal(["http://h:80"], mapping.Endpoints.Select(endpoint => endpoint.ToString()));
        Assert.Equal((1, 0), (mapping.Weight, mapping.Priority));
    }

    [Theory]
    [InlineData("{\"model\":\"Ω/m'\\\\\\\"\",\"owned_by\":\"vLLM\",\"service_name\":\"s.x\",\"target_model\":\"t\",\"weight\":0,\"priority\":-3,\"namespace\":\"n\"}")]
    [InlineData("{\"model\":\"m\",\"owned_by\":\"vllm\",\"endpoints\":[\"https://[::1]:8443\",\"http://host.example:80\"],\"weight\":1,\"priority\":0}")]
    [InlineData("{\"model\":\"m\",\"owned_by\":\"vllm\",\"targets\":[{\"service_name\":\"s\",\"target_model\":\"t\",\"weight\":0},{\"endpoints\":[\"http://10.0.0.1:8000\"],\"weight\":2}],\"weight\":1,\"priority\":0}")]
    [InlineData("{\"model\":\"m\",\"owned_by\":\"vllm\",\"service_name\":\"s\",\"weight\":1,\"priority\":0,\"timeouts\":{\"first_byte\":\"00:00:30\",\"first_byte_unary\":\"1.02:03:04\",\"idle\":\"00:00:00.25\",\"total\":\"24.00:00:00\"}}")]
    [InlineData("{\"model\":\"m\",\"owned_by\":\"vllm\",\"service_name\":\"s\",\"weight\":1,\"priority\":0,\"timeouts\":{\"idle\":\"00:10:00\"}}")]
    public void WhatIsWritten_IsWhatWasRead(string json)
    {
        Mapping mapping = MappingJson.Parse(Encoding.UTF8.GetBytes(json)).Mapping!;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonAnswer.Readable))
            MappingJson.Write(writer, mapping);
        Assert.Equal(json, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
