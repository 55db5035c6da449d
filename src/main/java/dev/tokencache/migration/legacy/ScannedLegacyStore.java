package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.redis.Futures;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;

/** An old store whose masters are scanned key by key. */
abstract class ScannedLegacyStore implements LegacyStore {

    private final LegacyScan scan;
    private final LegacyLink link;

    ScannedLegacyStore(LegacyScan scan, LegacyLink link) {
        this.scan = scan;
        this.link = link;
    }

    /** Any failure means an unknown outcome. Does not pass on messages of the Redis client: they can name an address. */
    static <T> Uni<T> run(Supplier<Future<T>> call) {
        return Futures.toUni(call)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .transform(failure -> new StoreUnavailableException("the old store is unavailable", failure));
    }

    @Override
    public Uni<List<Master>> masters() {
        return run(scan::masters);
    }

    @Override
    public Uni<Page> scan(String master, String cursor, int count) {
        return run(() -> scan.page(master, cursor, count));
    }

    @Override
    public void close() {
        scan.close();
        link.close();
    }
}
