package dev.tokencache.seal;

import dev.tokencache.seal.Seal.Opened;
import dev.tokencache.token.TokenId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The records that were opened last. A browser sends a token many times within seconds, and its record rarely changes in between.
 * A record is found only by exactly the same bytes in the same place under the same keys, so Redis still decides every verdict.
 *
 * <p>Thread-safe without locks: entries are immutable, and threads that store at the same time overwrite each other's.
 */
final class OpenedRecords {

    /** Longer records are rare, and would make the memory of all entries hard to bound. */
    private static final int MAX_BYTES = 512;

    private record Entry(SealKeys keys, Place place, byte[] record, Opened opened) {}

    private final @Nullable Entry[] entries;

    /** @param slots how many records are remembered at most: a power of two, or 0 */
    OpenedRecords(int slots) {
        entries = new @Nullable Entry[slots];
    }

    @Nullable
    Opened find(SealKeys keys, TokenId id, Place place, byte[] record) {
        Entry entry = entries.length == 0 ? null : entries[slot(place)];
        return entry != null
                        && entry.keys == keys
                        && Arrays.equals(entry.record, record)
                        && entry.place.isSame(place)
                        && entry.opened.token().id().equals(id)
                ? entry.opened
                : null;
    }

    void put(SealKeys keys, Place place, byte[] record, Opened opened) {
        if (entries.length != 0 && record.length <= MAX_BYTES) {
            entries[slot(place)] = new Entry(keys, place, record, opened);
        }
    }

    private int slot(Place place) {
        return Arrays.hashCode(place.field()) & entries.length - 1;
    }
}
