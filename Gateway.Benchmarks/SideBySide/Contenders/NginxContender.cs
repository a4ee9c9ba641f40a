using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>nginx whose njs script parses the body and redirects inside to the engines' location.</summary>
internal sealed class NginxContender : IContender
{
    private const string Module = "/usr/lib/nginx/modules/ngx_http_js_module.so";

    public string Name => "nginx-njs";

    public IReadOnlySet<string> LeftOut => Contenders.NothingLeftOut;

    public string? Missing() => InstalledProgram.Find("nginx") is not null && File.Exists(Module)
        ? null
        : "nginx or its njs module is not installed: apt-get install nginx libnginx-mod-http-js";

    public async Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
    {
        int port = FreePort.Find();
        string file = Path.Combine(setup.WorkFolder, "nginx.conf");
        await File.WriteAllTextAsync(Path.Combine(setup.WorkFolder, "routes.js"), Script(), cancellationToken);
        await File.WriteAllTextAsync(file, Configuration(setup, port), cancellationToken);

        var url = new Uri($"http://127.0.0.1:{port}");
        ContenderProcess process = ContenderProcess.Start(
            Name, setup, [InstalledProgram.Find("nginx")!, "-p", setup.WorkFolder, "-c", file, "-e", "stderr"], new Dictionary<string, string>());
        return await RunningContender.WhenReadyAsync(url, process, () => Readiness.WaitForChatAsync(process, url, cancellationToken));
    }

    private static string Script() => $$"""
        const routes = { '{{BenchmarkModel.Name}}|{{BenchmarkModel.OwnedBy}}': '@engines' };

        function route(request) {
            let body;
            try {
                body = JSON.parse(request.requestText);
            } catch (refused) {
                request.return(400, '{"error":"invalid_json"}');
                return;
            }
            const location = routes[body.model + '|' + body.owned_by];
            if (location) {
                request.internalRedirect(location);
            } else {
                request.return(404, '{"error":"model_not_found"}');
            }
        }

        export default { route };
        """;

    // A body is kept in memory, in one piece: njs reads none from a file. `user` counts only for root, whose workers could not read the folder otherwise.
    private static string Configuration(ContenderSetup setup, int port) => $$"""
        load_module {{Module}};
        {{(Environment.IsPrivilegedProcess ? $"user {Environment.UserName};" : "")}}
        daemon off;
        pid nginx.pid;
        error_log stderr warn;
        worker_processes 1;
        worker_rlimit_nofile 65536;
        events {
            worker_connections 32768;
        }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            client_max_body_size 64m;
            client_body_buffer_size 64m;
            client_body_in_single_buffer on;
            keepalive_timeout 5m;
            keepalive_requests 1000000;
            tcp_nodelay on;
            js_import routes from {{Path.Combine(setup.WorkFolder, "routes.js")}};
            upstream engines {
                least_conn;
        {{string.Join('\n', setup.Engines.Select(engine => $"        server {engine.Authority};"))}}
                keepalive 1024;
                keepalive_requests 1000000;
            }
            server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location / {
                    js_content routes.route;
                }
                location @engines {
                    proxy_pass http://engines;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_buffering off;
                    proxy_read_timeout 10m;
                    proxy_send_timeout 10m;
                }
            }
        }

        """;
}
