package dev.tokencache.migration.legacy;

import dev.tokencache.migration.legacy.PatternPages.Key;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenHash;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a page. A single server needs one command for all keys; a cluster needs one for each key.
 */
final class PageCommands {

    private static final Logger LOG = Logger.getLogger(PageCommands.class);

    /** Redis has no command for the TTLs of several keys. Read-only; takes as long as that many PTTL. */
    private static final String TTLS = """
            local ttls = {}
            for i, key in ipairs(KEYS) do ttls[i] = redis.call('PTTL', key) end
            return ttls
            """;

    private final boolean isOneServer;
    private final LegacyCommands commands;
    private final LegacyKeys ownKeys;
    private final LegacyFormat format;

    PageCommands(boolean isOneServer, LegacyCommands commands, LegacyKeys ownKeys, LegacyFormat format) {
        this.isOneServer = isOneServer;
        this.commands = commands;
        this.ownKeys = ownKeys;
        this.format = format;
    }

    /** The records of other programs; empty where there is no readable record. */
    Future<List<Optional<LegacyRecord>>> contents(List<Key> keys, Function<Request, Future<Response>> master) {
        return isOneServer && format.isString()
                ? master.apply(forAll(Request.cmd(Command.MGET), keys)).map(reply -> each(reply, this::readable))
                : forEach(keys, key -> master.apply(format.read(key.name()))
                        .map(this::readable)
                        .otherwise(PageCommands::otherType));
    }

    /** The TTLs, as {@code PTTL} returns them. */
    Future<List<Long>> ttls(List<Key> keys, Function<Request, Future<Response>> master) {
        return isOneServer
                ? master.apply(forAll(Request.cmd(Command.EVAL).arg(TTLS).arg(keys.size()), keys))
                        .map(reply -> each(reply, PageCommands::number))
                : forEach(keys, key -> master.apply(Request.cmd(Command.PTTL).arg(key.name()))
                        .map(PageCommands::number));
    }

    private static long number(@Nullable Response reply) {
        if (reply == null) {
            throw new IllegalStateException("a TTL must be a number");
        }
        return reply.toLong();
    }

    Future<List<Optional<SidecarRecord>>> sidecars(List<Key> keys, Function<Request, Future<Response>> master) {
        if (!isOneServer) {
            return forEach(keys, key -> commands.sidecar(key.token().hash()));
        }
        Request request = Request.cmd(Command.MGET);
        keys.forEach(key -> request.arg(ownKeys.sidecar(key.token().hash())));
        return master.apply(request).map(reply -> {
            List<Optional<SidecarRecord>> sidecars = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                sidecars.add(sidecar(reply.get(i), keys.get(i).token().hash()));
            }
            return sidecars;
        });
    }

    private static Optional<SidecarRecord> sidecar(@Nullable Response reply, TokenHash hash) {
        return SidecarRecord.of(reply == null ? null : reply.toBytes(), hash);
    }

    private static Request forAll(Request request, List<Key> keys) {
        keys.forEach(key -> request.arg(key.name()));
        return request;
    }

    private static <T> List<T> each(Response replies, Function<@Nullable Response, T> read) {
        List<T> all = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            all.add(read.apply(replies.get(i)));
        }
        return all;
    }

    private static <T> Future<List<T>> forEach(List<Key> keys, Function<Key, Future<T>> read) {
        return Future.all(keys.stream().map(read).toList()).map(all -> all.<T>list());
    }

    /** An unreadable record must not end the scan. */
    private Optional<LegacyRecord> readable(@Nullable Response reply) {
        try {
            return format.contents(reply);
        } catch (IllegalArgumentException unreadable) {
            LOG.debugf("Record of the old store ignored: it is unreadable; cause=%s", unreadable.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<LegacyRecord> otherType(Throwable failure) {
        if (failure.getMessage() != null && failure.getMessage().startsWith("WRONGTYPE")) {
            return Optional.empty();
        }
        throw failure instanceof RuntimeException unchecked
                ? unchecked
                : new StoreUnavailableException("the old store is unavailable", failure);
    }
}
