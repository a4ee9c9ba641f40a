using System.Security.Cryptography;
using System.Text;
using Gateway.Telemetry;
using Microsoft.Extensions.Options;

namespace Gateway.Admin;

/// <summary>The secret that callers of the admin API present, from the configuration or from a file.</summary>
internal sealed class AdminToken
{
    private readonly ILogger<AdminToken> _logger;
    private readonly byte[]? _fixedHash;
    private readonly string? _file;
    private volatile bool _unreadable;

    /// <exception cref="OptionsValidationException">The file can't be read or holds no token.</exception>
    public AdminToken(AdminOptions options, ILogger<AdminToken> logger)
    {
        _logger = logger;
        if (!string.IsNullOrEmpty(options.Token))
        {
            _fixedHash = Hash(options.Token);
        }
        else if (!string.IsNullOrEmpty(options.TokenFile))
        {
            _file = Path.GetFullPath(options.TokenFile);
            RefuseUnreadable(_file);
        }
    }

    public bool IsConfigured => _fixedHash is not null || _file is not null;

    public async ValueTask<bool> MatchesAsync(string presented, CancellationToken cancellationToken)
    {
        byte[]? expected = _fixedHash ?? await ReadHashAsync(cancellationToken);
        return expected is not null && CryptographicOperations.FixedTimeEquals(expected, Hash(presented));
    }

    /// <summary>
    /// Read anew for every caller who presents a token: they are few, the file is tiny, and a rotated Secret counts at once,
    /// which no time stamp promises (a mounted Secret is swapped by symbolic links).
    /// </summary>
    private async ValueTask<byte[]?> ReadHashAsync(CancellationToken cancellationToken)
    {
        string? problem;
        try
        {
            string text = TrimLineEnd(await File.ReadAllTextAsync(_file!, cancellationToken));
            if (text.Length > 0)
            {
                _unreadable = false;
                return Hash(text);
            }

            problem = $"'{_file}' is empty.";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = error.Message;
        }

        // Once, not for every caller who knocks meanwhile.
        if (!_unreadable)
        {
            _unreadable = true;
            AdminLog.TokenUnreadable(_logger, problem);
        }

        return null;
    }

    private static void RefuseUnreadable(string file)
    {
        string problem = "is empty";
        try
        {
            if (TrimLineEnd(File.ReadAllText(file)).Length > 0)
                return;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problem = $"can't be read ({error.Message})";
        }

        throw new OptionsValidationException(
            "Gateway:Admin", typeof(AdminOptions), [$"Gateway:Admin:TokenFile: '{file}' {problem}; it must name a readable file that holds the token."]);
    }

    // Editors and `echo` end a file with a line break that is no part of the secret.
    private static string TrimLineEnd(string text) => text.TrimEnd('\r', '\n');

    // Hashes have one length, so the comparison tells neither the content nor the length of the secret by its duration.
    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
