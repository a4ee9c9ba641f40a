using System.Globalization;
using System.Text;

namespace Gateway.Simulation;

/// <summary><c>GET /metrics</c>: the Prometheus names of vLLM or SGLang, those that a router reads.</summary>
internal sealed class MetricsPage
{
    private readonly StringBuilder _text = new();
    private readonly string _labels;

    private MetricsPage(EngineState engine)
    {
        string model = engine.Models.Count > 0 ? engine.Models[0] : "";
        _labels = $"model_name=\"{model}\"";
    }

    public static Task SendAsync(Exchange exchange)
    {
        string page = Render(exchange.Engine);
        return exchange.SendAsync(StatusCodes.Status200OK, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(page));
    }

    public static string Render(EngineState engine)
    {
        var page = new MetricsPage(engine);
        EngineLoad load = engine.Load;
        PrefixCache cache = engine.Cache;
        double held = cache.IsOn ? Math.Min(1, (double)load.HeldTokens / ((long)cache.Capacity * PromptBlocks.TokensPerBlock)) : 0;
        if (engine.Settings.IsSglang)
        {
            page.Add("sglang:num_running_reqs", "gauge", load.Running);
            page.Add("sglang:num_queue_reqs", "gauge", load.Waiting);
            page.Add("sglang:token_usage", "gauge", held);
            page.Add("sglang:cache_hit_rate", "gauge", cache.QueriedTokens == 0 ? 0 : (double)cache.HitTokens / cache.QueriedTokens);
            page.Add("sglang:prompt_tokens_total", "counter", load.PromptTokens);
            page.Add("sglang:generation_tokens_total", "counter", load.OutputTokens);
            page.Add("sglang:cached_tokens_total", "counter", cache.HitTokens);
            page.Add("sglang:cache_config_info", "gauge", 1, $"page_size=\"{PromptBlocks.TokensPerBlock}\",num_pages=\"{cache.Capacity}\"");
        }
        else
        {
            const string engineLabel = "engine=\"0\"";
            page.Add("vllm:num_requests_running", "gauge", load.Running, engineLabel);
            page.Add("vllm:num_requests_waiting", "gauge", load.Waiting, engineLabel);
            page.Add("vllm:kv_cache_usage_perc", "gauge", held, engineLabel);
            page.Add("vllm:prefix_cache_queries_total", "counter", cache.QueriedTokens, engineLabel);
            page.Add("vllm:prefix_cache_hits_total", "counter", cache.HitTokens, engineLabel);
            page.Add("vllm:prompt_tokens_total", "counter", load.PromptTokens, engineLabel);
            page.Add("vllm:generation_tokens_total", "counter", load.OutputTokens, engineLabel);
            page.Add(
                "vllm:cache_config_info", "gauge", 1, $"{engineLabel},block_size=\"{PromptBlocks.TokensPerBlock}\",num_gpu_blocks=\"{cache.Capacity}\"");
        }

        return page._text.ToString();
    }

    private void Add(string name, string type, double value, string? moreLabels = null)
    {
        string labels = moreLabels is null ? _labels : $"{_labels},{moreLabels}";
        _text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n{name}{{{labels}}} {value}\n");
    }
}
