using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>Reads one value of the configuration as its option's type, and within what the option's attributes allow.</summary>
internal static class ScalarReader
{
    public static bool Reads(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) || plain == typeof(bool)
            || plain == typeof(int) || plain == typeof(long) || plain == typeof(TimeSpan);
    }

    /// <exception cref="ConfigurationException">It is none.</exception>
    public static object Read(IConfigurationSection section, PropertyInfo property)
    {
        if (section.GetChildren().FirstOrDefault() is { } child)
            throw new ConfigurationException($"{child.Path} is not a key of the gateway: {section.Path} takes {Allowed(property)}.");

        string text = section.Value ?? "";
        if (text.Length == 0)
            throw new ConfigurationException($"{section.Path} is empty; allowed is {Allowed(property)}, or to leave it out.");

        object? value = Parse(text, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        if (value is null || property.GetCustomAttributes<ValidationAttribute>().Any(attribute => !attribute.IsValid(value)))
            throw ConfigurationException.Value(section.Path, text, Allowed(property));
        return value;
    }

    /// <summary>An element of a list of texts.</summary>
    public static string ReadText(IConfigurationSection section)
    {
        if (section.GetChildren().FirstOrDefault() is { } child)
            throw new ConfigurationException($"{child.Path} is not a key of the gateway: {section.Path} takes a text.");
        return section.Value is { Length: > 0 } text
            ? text
            : throw new ConfigurationException($"{section.Path} is empty; allowed is a text.");
    }

    /// <summary>What an option takes, in words that end a sentence.</summary>
    public static string Allowed(PropertyInfo property)
    {
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            return string.Join(" or ", allowed.Values);

        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            return NumberBetween(range);
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(TimeSpan))
            return $"a duration written {DurationText.Form}, from 00:00:00 to {DurationText.Longest}";
        return type == typeof(string) ? "a text" : "a whole number";
    }

    private static object? Parse(string text, Type type)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (type == typeof(bool))
            return bool.TryParse(text, out bool flag) ? flag : null;
        if (type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out int number) ? number : null;
        if (type == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out long number) ? number : null;
        if (type == typeof(TimeSpan))
            return DurationText.TryParse(text, out TimeSpan span) ? span : null;
        return text;
    }

    private static string NumberBetween(RangeAttribute range) =>
        Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture) >= long.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"a whole number of at least {range.Minimum}")
            : string.Create(CultureInfo.InvariantCulture, $"a whole number from {range.Minimum} to {range.Maximum}");
}
