package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore.Page;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;

/** Reads the records of the keys that a scan returned. */
interface PageReader {

    /** The glob of the keys to scan. */
    byte[] glob();

    /**
     * Reads a page.
     *
     * @param next the cursor of the next page
     * @param keys keys that match the pattern, and perhaps others
     * @param master sends a command to the scanned master
     */
    Future<Page> read(String next, List<byte[]> keys, Function<Request, Future<Response>> master);
}
