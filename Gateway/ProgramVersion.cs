using System.Reflection;

namespace Gateway;

/// <summary>The version that the program says it is, without the commit that the build appends.</summary>
internal static class ProgramVersion
{
    public static string Text { get; } = typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
