package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore.Page;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;

/** Makes a page of the keys that a walk has come to. */
interface PageReader {

    /** Which keys a walk looks at, among the patterns of Redis. */
    byte[] glob();

    /**
     * Reads what is in some keys.
     *
     * @param next the cursor behind them
     * @param keys those of the pattern, and perhaps others
     * @param master sends a command to the master that was found to have them
     */
    Future<Page> read(String next, List<byte[]> keys, Function<Request, Future<Response>> master);
}
