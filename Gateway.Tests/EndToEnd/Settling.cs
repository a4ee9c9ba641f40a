using Gateway.Forwarding;
using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>What a gateway holds of its requests, and that in the end it is nothing.</summary>
internal static class Settling
{
    extension(TestGateway gateway)
    {
        /// <summary>Request bytes that it holds.</summary>
        public long BytesHeld => gateway.Services.GetRequiredService<BufferBudget>().Held;

        /// <summary>Requests that its server is working on.</summary>
        public int RequestsRunning => gateway.Services.GetRequiredService<DrainState>().RunningRequests;

        /// <summary>Starts in front of the engines, and returns when their models are routed.</summary>
        public static Task<TestGateway> StartAsync(string[] arguments, params ScriptedEngine[] engines) =>
            TestGateway.StartWithAsync([.. arguments, .. engines.Select(engine => $"--engine={engine.Url}")]);

        /// <summary>Waits until nothing of any request is left; fails when it does not come to that, or when the gateway has logged an error.</summary>
        public async Task SettlesAsync()
        {
            await gateway.AssertIdleAsync();
            await TestTime.UntilAsync(() => gateway.RequestsRunning == 0, "no request runs");
            await TestTime.UntilAsync(() => gateway.BytesHeld == 0, "no byte is held");
            await gateway.AssertIdleAsync();
        }
    }
}
