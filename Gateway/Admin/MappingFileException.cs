namespace Gateway.Admin;

/// <summary>The file of mappings is there but can't be used; its message is one line for the operator. The file is left as it is.</summary>
internal sealed class MappingFileException(string path, string state, string detail, Exception? inner = null)
    : Exception(
        $"Gateway:State:Path: the file of mappings '{path}' {state}: {detail.TrimEnd('.')}. Repair it or move it away; it was left as it is.", inner);
