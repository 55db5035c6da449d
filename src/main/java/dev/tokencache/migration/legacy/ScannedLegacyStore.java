package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import io.smallrye.mutiny.Uni;
import java.util.List;

/** An old store whose masters are scanned key by key. */
abstract class ScannedLegacyStore implements LegacyStore {

    private final LegacyScan scan;
    private final LegacyLink link;

    ScannedLegacyStore(LegacyScan scan, LegacyLink link) {
        this.scan = scan;
        this.link = link;
    }

    @Override
    public Uni<List<Master>> masters() {
        return LegacyOperation.run(scan::masters);
    }

    @Override
    public Uni<Page> scan(String master, String cursor, int count) {
        return LegacyOperation.run(() -> scan.page(master, cursor, count));
    }

    @Override
    public void close() {
        scan.close();
        link.close();
    }
}
