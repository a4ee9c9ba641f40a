using Gateway.Benchmarks.SideBySide;
using Gateway.Benchmarks.SideBySide.Reports;
using Gateway.Tests.Admin;

namespace Gateway.Tests.SideBySide;

public sealed class RunResultsTests
{
    private static readonly RunDescription Run = new(
        DateTimeOffset.UnixEpoch, "c0ffee", "a processor", 2, "a kernel", false, ".NET", "workstation", "compiled as it runs", Quota: null,
        new Dictionary<string, string> { ["YARP"] = "2.3.0" });

    [Fact]
    public async Task WhatIsWrittenOverAnEarlierFile_IsReadAgain_AndNothingElseIsLeft()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("results.json");
        await Of(Run, ("start", 1), ("start", 2)).WriteAsync(file);
        await Of(Run, ("churn", 3)).WriteAsync(file);

        RunResults read = await RunResults.ReadAsync(file);

        Assert.Equal([("churn", 3.0)], Values(read));
        Assert.Null(Run.DifferenceTo(read.Run));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void RunsOfDifferentScenarios_AreOneReport()
    {
        RunResults joined = RunResults.Join([Of(Run, ("start", 1)), Of(Run with { Date = DateTimeOffset.UnixEpoch.AddHours(1) }, ("churn", 2))]);

        Assert.Equal([("start", 1.0), ("churn", 2.0)], Values(joined));
        Assert.Equal(["start", "churn"], joined.Scenarios.Select(scenario => scenario.Name));
    }

    [Fact]
    public void AScenarioThatWasMeasuredTwice_TheLastCounts()
    {
        RunResults joined = RunResults.Join([Of(Run, ("start", 1), ("churn", 2)), Of(Run, ("churn", 3))]);

        Assert.Equal([("start", 1.0), ("churn", 3.0)], Values(joined));
        Assert.Equal(["start", "churn"], joined.Scenarios.Select(scenario => scenario.Name));
    }

    [Fact]
    public void ARunThatEndedBeforeAScenario_TakesNothingFromAnother()
    {
        RunResults ended = Of(Run, ("start", 1));

        RunResults joined = RunResults.Join([Of(Run, ("churn", 2)), ended with { Scenarios = [.. ended.Scenarios, Describe("churn")] }]);

        Assert.Equal([("churn", 2.0), ("start", 1.0)], Values(joined));
        Assert.Equal(["churn", "start"], joined.Scenarios.Select(scenario => scenario.Name));
    }

    [Fact]
    public void AnotherCommitOrAQuota_IsRefusedAndNamed()
    {
        RunResults first = Of(Run, ("start", 1));

        Assert.Contains("commit", Refusal(first, Of(Run with { Commit = "decaf" }, ("churn", 2))), StringComparison.Ordinal);
        Assert.Contains("each contender", Refusal(first, Of(Run with { Quota = "in a control group" }, ("churn", 2))), StringComparison.Ordinal);
    }

    private static string Refusal(params RunResults[] runs) => Assert.Throws<FormatException>(() => RunResults.Join(runs)).Message;

    private static RunResults Of(RunDescription run, params (string Scenario, double Value)[] measured) => new(
        run,
        [.. measured.Select(one => one.Scenario).Distinct().Select(Describe)],
        [.. measured.Select((one, i) => new Measurement(one.Scenario, "gateway", i + 1, new Dictionary<string, double> { [Figure.StartTime.Name] = one.Value }, 0, 0))]);

    private static ScenarioDescription Describe(string name) => new(name, "", Figure.StartTime.Name);

    private static IEnumerable<(string Scenario, double Value)> Values(RunResults results) =>
        results.Measurements.Select(measurement => (measurement.Scenario, measurement.Figures[Figure.StartTime.Name]));
}
