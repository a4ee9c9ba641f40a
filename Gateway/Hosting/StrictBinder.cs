using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Gateway.Hosting;

/// <summary>
/// Fills options from configuration and refuses what the framework's binder passes over: keys that no option has, a list or a section
/// where one value is meant, an empty value, and a duration without its colons (the framework reads <c>2</c> as two days).
/// </summary>
internal static class StrictBinder
{
    /// <exception cref="ConfigurationException">The first key that can't be used.</exception>
    public static T Bind<T>(IConfigurationSection section)
        where T : class, new() => (T)BindOptions(section, typeof(T));

    private static object BindOptions(IConfigurationSection section, Type type)
    {
        object options = Activator.CreateInstance(type)!;
        PropertyInfo[] properties = Settable(type);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!properties.Any(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
                throw new ConfigurationException($"{child.Path} is not a key of the gateway; allowed are {Names(section, properties)}.");
        }

        foreach (PropertyInfo property in properties)
        {
            // JSON's null leaves the key out.
            IConfigurationSection child = section.GetSection(property.Name);
            if (child.Exists())
                property.SetValue(options, BindProperty(child, property));
            else if (property.IsDefined(typeof(RequiredAttribute)) && property.GetValue(options) is null or "")
                throw ConfigurationException.Missing(child.Path, ScalarReader.Allowed(property));
        }

        return options;
    }

    private static object BindProperty(IConfigurationSection section, PropertyInfo property)
    {
        if (ScalarReader.Reads(property.PropertyType))
            return ScalarReader.Read(section, property);
        return ElementType(property.PropertyType) is { } element
            ? BindList(section, element)
            : BindSection(section, property.PropertyType);
    }

    private static IList BindList(IConfigurationSection section, Type element)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;

        // An empty list in JSON arrives as an empty value. The value is not shown: nobody says that it is no secret.
        if (section.Value is { Length: > 0 })
        {
            throw new ConfigurationException(
                $"{section.Path} is one value; allowed is a list, as {section.Path}:0, {section.Path}:1 and so on.");
        }

        foreach (IConfigurationSection child in section.GetChildren())
            list.Add(element == typeof(string) ? ScalarReader.ReadText(child) : BindSection(child, element));
        return list;
    }

    private static object BindSection(IConfigurationSection section, Type type)
    {
        if (section.Value is { Length: > 0 })
            throw new ConfigurationException($"{section.Path} is one value; allowed are the keys {Names(section, Settable(type))}.");
        return BindOptions(section, type);
    }

    private static PropertyInfo[] Settable(Type type) => [.. type.GetProperties().Where(property => property.CanWrite)];

    private static Type? ElementType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>) ? type.GetGenericArguments()[0] : null;

    private static string Names(IConfigurationSection section, IEnumerable<PropertyInfo> properties) =>
        string.Join(", ", properties.Select(property => $"{section.Path}:{property.Name}"));
}
