using System.Text;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// Splits a shell script into words, well enough to find the options of a command in it: quotes, escapes, continued lines and comments,
/// but nothing that would have to be run.
/// </summary>
internal static class ShellWords
{
    /// <summary>Stands between two commands.</summary>
    public const string Separator = ";";

    public static IEnumerable<string> Split(string script)
    {
        var word = new StringBuilder();
        bool isWord = false;
        char quote = '\0';
        for (int i = 0; i < script.Length; i++)
        {
            char sign = script[i];
            if (sign == '\\' && quote != '\'' && i + 1 < script.Length)
            {
                // An escaped end of line joins two lines; anything else is meant as it is.
                if (script[++i] is not ('\n' or '\r'))
                {
                    word.Append(script[i]);
                    isWord = true;
                }
            }
            else if (quote != '\0')
            {
                if (sign == quote)
                    quote = '\0';
                else
                    word.Append(sign);
            }
            else if (sign is '"' or '\'')
            {
                quote = sign;
                isWord = true;
            }
            else if (sign == '#' && !isWord)
            {
                i = script.AsSpan(i).IndexOf('\n') is >= 0 and int rest ? i + rest - 1 : script.Length;
            }
            else if (char.IsWhiteSpace(sign) || sign is ';' or '&' or '|')
            {
                if (isWord)
                    yield return word.ToString();
                word.Clear();
                isWord = false;
                if (sign is ';' or '&' or '|' or '\n')
                    yield return Separator;
            }
            else
            {
                word.Append(sign);
                isWord = true;
            }
        }

        if (isWord)
            yield return word.ToString();
    }
}
