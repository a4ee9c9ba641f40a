using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Gateway.Tests.EndToEnd;

/// <summary>The official client library of OpenAI, pointed at a gateway.</summary>
internal static class OpenAiClients
{
    /// <summary>Does not try again by itself, so that a test sees the first error.</summary>
    public static OpenAIClient Create(TestGateway gateway, params (string Name, string Value)[] headers) =>
        Create(gateway, new ClientRetryPolicy(maxRetries: 0), headers);

    /// <summary>As a user has it who sets nothing but the address, but for the waiting between tries.</summary>
    public static OpenAIClient CreateWithDefaultRetries(TestGateway gateway, params (string Name, string Value)[] headers) =>
        Create(gateway, new ImpatientRetries(), headers);

    private static OpenAIClient Create(TestGateway gateway, PipelinePolicy retries, (string Name, string Value)[] headers)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "/v1"), RetryPolicy = retries };
        options.AddPolicy(new HeaderPolicy(headers), PipelinePosition.PerCall);
        return new OpenAIClient(new ApiKeyCredential("unused"), options);
    }

    /// <summary>How often it tries again is looked at, not how long it waits: that would be for seconds.</summary>
    private sealed class ImpatientRetries : ClientRetryPolicy
    {
        protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount) => TimeSpan.Zero;
    }

    /// <summary>The library's way to send header fields that it has no property for.</summary>
    private sealed class HeaderPolicy((string Name, string Value)[] headers) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Add(PipelineMessage message)
        {
            foreach ((string name, string value) in headers)
                message.Request.Headers.Set(name, value);
        }
    }
}
