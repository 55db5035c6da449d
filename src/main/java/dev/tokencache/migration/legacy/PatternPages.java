package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.RefusedRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;

/** Reads pages of other programs' keys, as requests do, and with the not-before times: the cluster forgets them too early. */
record PatternPages(KeyPattern pattern, LegacyKeys ownKeys, LegacyLookup lookup) implements LegacyScan.PageReader {

    /** Few enough that requests on the same connection hardly wait. */
    private static final int MAX_CONCURRENT = 100;

    private record Record(KeyPattern.Named token, LegacyLookup.Found found) {

        Stream<LegacyToken> live() {
            return found.live().map(live -> new LegacyToken(live, found.isForeign())).stream();
        }

        Stream<RefusedRecord> refused() {
            return found.refusal().map(reason -> new RefusedRecord(token.hash().text(), reason)).stream();
        }
    }

    @Override
    public byte[] glob() {
        return pattern.glob();
    }

    @Override
    public Future<Page> read(String next, List<byte[]> names) {
        List<byte[]> keys = names.stream()
                .filter(name -> !ownKeys.isOwn(name) && pattern.token(name).isPresent())
                .toList();
        return LegacyScan.inTurns(keys, MAX_CONCURRENT, this::record)
                .map(records -> new Page(
                        next,
                        records.stream().flatMap(Record::live).toList(),
                        List.of(),
                        records.stream().flatMap(Record::refused).toList(),
                        keys.size()));
    }

    private Future<Record> record(byte[] key) {
        KeyPattern.Named token = pattern.token(key).orElseThrow();
        return lookup.find(token.hash(), key, token.isForeign()).map(found -> new Record(token, found));
    }
}
