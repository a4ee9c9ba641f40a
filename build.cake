// The repository's chores: dotnet tool restore && dotnet cake --target=Build

var target = Argument("target", "Default");

const string Configuration = "Release";
const string Solution = "Gateway.sln";
const string Project = "Gateway/Gateway.csproj";
const string Artifacts = "artifacts";
// The SDK does not compress it, whatever the name says, and tools that import it go by the name.
const string Image = "artifacts/llmd-api-gateway.tar";
const string OneFile = "manifests/llmd-api-gateway.yaml";
const string OneFileSource = "manifests/overlays/one-namespace";

// What is published is compiled for one platform; the machine code in it saves the start the time to make it.
var runtime = Argument("runtime", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier);
// An image runs on Linux, also when it is made elsewhere.
var imageRuntime = Argument("runtime", $"linux-{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture}".ToLowerInvariant());

void Run(string arguments)
{
    var exitCode = StartProcess("dotnet", arguments);
    if (exitCode != 0)
        throw new CakeException(exitCode, $"dotnet {arguments} failed with exit code {exitCode}.");
}

Task("Clean")
    .Does(() =>
    {
        CleanDirectories($"./Gateway*/bin/{Configuration}");
        CleanDirectories($"./Gateway*/obj/{Configuration}");
        CleanDirectory(Artifacts);
    });

Task("Restore")
    .Does(() => Run($"restore {Solution}"));

Task("Build")
    .IsDependentOn("Restore")
    .Does(() => Run($"build {Solution} -c {Configuration} --no-restore -warnaserror"));

Task("Format")
    .IsDependentOn("Restore")
    .Does(() => Run($"format {Solution} --verify-no-changes --no-restore"));

Task("Test")
    .IsDependentOn("Build")
    .Does(() => Run($"test -c {Configuration} --no-build"));

Task("Bench")
    .IsDependentOn("Build")
    .Does(() => Run($"run --project Gateway.Benchmarks -c {Configuration} --no-build -- --filter {Argument("filter", "*")}"));

Task("Publish")
    .Does(() => Run($"publish {Project} -c {Configuration} -r {runtime} --self-contained false -p:PublishReadyToRun=true -o {Artifacts}/gateway"));

Task("Image")
    .Does(() =>
    {
        EnsureDirectoryExists(Artifacts);
        var archive = MakeAbsolute(File(Image));
        Run($"publish {Project} -c {Configuration} -r {imageRuntime} --self-contained false -p:PublishReadyToRun=true "
            + $"-t:PublishContainer -p:ContainerArchiveOutputPath={archive}");
    });

Task("Manifests")
    .Does(() =>
    {
        var kubectl = Context.Tools.Resolve("kubectl") ?? Context.Tools.Resolve("kubectl.exe")
            ?? throw new CakeException($"kubectl is not on the PATH; {OneFile} is made with `kubectl kustomize {OneFileSource}`.");
        var settings = new ProcessSettings { Arguments = $"kustomize {OneFileSource}", RedirectStandardOutput = true };
        var exitCode = StartProcess(kubectl, settings, out IEnumerable<string> lines);
        if (exitCode != 0)
            throw new CakeException(exitCode, $"kubectl kustomize {OneFileSource} failed with exit code {exitCode}.");

        string[] head =
        [
            $"# {OneFileSource} in one file, made by `dotnet cake --target=Manifests`. The reasons stand in manifests/base.",
            "# To remove the gateway run deploy-gateway.sh --delete: deleting this file deletes the namespace and the models in it.",
        ];
        System.IO.File.WriteAllText(OneFile, string.Join('\n', [.. head, .. lines]) + '\n');
    });

Task("Default")
    .IsDependentOn("Build")
    .IsDependentOn("Format")
    .IsDependentOn("Test");

RunTarget(target);
