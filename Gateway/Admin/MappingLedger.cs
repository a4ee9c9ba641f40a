using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>What a write makes of the mappings: the rules that all stores share. Changes nothing itself.</summary>
internal static class MappingLedger
{
    public static MappingWrite Put(MappingSnapshot current, Mapping mapping, long? expectedRevision)
    {
        if (expectedRevision is { } expected && expected != current.Revision)
            return new MappingWrite(MappingWriteOutcome.StaleRevision, current);

        var mappings = new Dictionary<MappingKey, Mapping>(current.Mappings);
        bool isNew = !mappings.ContainsKey(mapping.Key);
        mappings[mapping.Key] = mapping;
        return new MappingWrite(
            isNew ? MappingWriteOutcome.Created : MappingWriteOutcome.Replaced, new MappingSnapshot(current.Revision + 1, mappings));
    }

    public static MappingWrite Delete(MappingSnapshot current, MappingKey key, long? expectedRevision)
    {
        if (expectedRevision is { } expected && expected != current.Revision)
            return new MappingWrite(MappingWriteOutcome.StaleRevision, current);

        var mappings = new Dictionary<MappingKey, Mapping>(current.Mappings);
        return mappings.Remove(key)
            ? new MappingWrite(MappingWriteOutcome.Deleted, new MappingSnapshot(current.Revision + 1, mappings))
            : new MappingWrite(MappingWriteOutcome.NotFound, current);
    }
}
