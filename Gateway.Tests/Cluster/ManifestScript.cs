using System.Diagnostics;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>
/// Runs <c>deploy-gateway.sh</c> with a kubectl of our own before the real one on the PATH. It writes down what it is called with, and
/// answers from the files in <see cref="_cluster"/>.
/// </summary>
internal sealed class ManifestScript : IDisposable
{
    private const string FakeKubectl = """
        #!/bin/bash
        cd "$FAKE_CLUSTER" || exit 99
        last=${!#}
        echo "${*//"$TMPDIR"\/*/OVERLAY}" >>calls
        case "$*" in
            version*) [[ ! -e unreachable ]] || { printf 'Client Version: v1\nThe connection to the server was refused\n' >&2; exit 1; } ;;
            'get namespace'*) [[ ! -e forbidden ]] || { echo 'namespaces is forbidden' >&2; exit 1; }; [[ ! -e namespace ]] || echo "namespace/$3" ;;
            'create namespace'*) touch namespace ;;
            'get secret'*) [[ ! -e secret ]] || echo "secret/$3" ;;
            'create secret'*) cat ;;
            'apply '*' -f -') cat >new
                if [[ ! -e secret ]]; then verb=created; elif cmp -s new secret; then verb=unchanged; else verb=configured; fi
                mv new secret; echo "secret/llmd-api-gateway-admin $verb" ;;
            'get deployment'*) [[ ! -e deployment ]] || echo "deployment.apps/$3" ;;
            'apply -k'*) touch deployment; rm -rf overlay; cp -R "$last" overlay ;;
            'rollout status'*) [[ ! -e never-ready ]] || { echo 'timed out waiting for the condition' >&2; exit 1; } ;;
            'delete -k'*) rm -f deployment ;;
            'delete secret'*) rm -f secret ;;
        esac
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-deploy-");
    private readonly string _bin;
    private readonly string _cluster;
    private readonly string _temporary;

    public ManifestScript()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "/bin/bash is not there, which runs deploy-gateway.sh.");
        _bin = _folder.CreateSubdirectory("bin").FullName;
        _cluster = _folder.CreateSubdirectory("cluster").FullName;
        _temporary = _folder.CreateSubdirectory("tmp").FullName;
        string kubectl = Path.Combine(_bin, "kubectl");
        File.WriteAllText(kubectl, FakeKubectl);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(kubectl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Without the check that the cluster can be reached, which comes first each time.</summary>
    public IReadOnlyList<string> Calls => File.Exists(InCluster("calls"))
        ? [.. File.ReadLines(InCluster("calls")).Where(call => !call.StartsWith("version", StringComparison.Ordinal))]
        : [];

    /// <summary>The token in the cluster's Secret.</summary>
    public string Token => File.ReadAllText(InCluster("secret"));

    /// <summary>What was applied last.</summary>
    public string Overlay => InCluster("overlay");

    /// <summary>What the script has left in the folder of temporary files.</summary>
    public IEnumerable<string> LeftOver => Directory.EnumerateFileSystemEntries(_temporary);

    /// <summary>For example <c>unreachable</c>: see the fake.</summary>
    public ManifestScript With(string state)
    {
        File.WriteAllText(InCluster(state), "");
        return this;
    }

    public void ForgetCalls() => File.Delete(InCluster("calls"));

    public Task<ScriptRun> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    public async Task<ScriptRun> RunWithAsync((string Name, string Value)[] variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(ManifestFolder.Root, "deploy-gateway.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string inherited in (string[])["NAMESPACE", "IMAGE", "TIMEOUT"])
            start.Environment.Remove(inherited);
        start.Environment["PATH"] = $"{_bin}:/usr/bin:/bin";
        start.Environment["TMPDIR"] = _temporary;
        start.Environment["FAKE_CLUSTER"] = _cluster;
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;

        using Process script = Process.Start(start)!;
        Task<string> error = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).SoonAsync();
        await script.WaitForExitAsync(TestContext.Current.CancellationToken).SoonAsync();
        return new ScriptRun(script.ExitCode, output, await error.SoonAsync());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string InCluster(string file) => Path.Combine(_cluster, file);
}

internal sealed record ScriptRun(int ExitCode, string Output, string Error);
