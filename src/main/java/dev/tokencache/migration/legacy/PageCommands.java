package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.legacy.PatternPages.Key;
import dev.tokencache.store.redis.Script;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the records of a page: with one command from a single server, with one per key from a cluster. */
record PageCommands(boolean isOneServer, LegacyCommands commands, LegacyKeys ownKeys, LegacyFormat format) {

    /** Redis has no command for the TTLs of several keys. */
    private static final String TTLS = Script.source("legacy/ttls");

    /** The records of other programs. MGET reports a key of another type like none. */
    Future<List<LegacyContents>> contents(List<Key> keys, Function<Request, Future<Response>> master) {
        return isOneServer && format.isString()
                ? master.apply(forAll(Request.cmd(Command.MGET), keys)).map(reply -> each(reply, format::contents))
                : forEach(keys, key -> master.apply(format.read(key.name()))
                        .map(format::contents)
                        .otherwise(LegacyContents::ofFailure));
    }

    Future<List<Long>> ttls(List<Key> keys, Function<Request, Future<Response>> master) {
        return isOneServer
                ? master.apply(forAll(Request.cmd(Command.EVAL).arg(TTLS).arg(keys.size()), keys))
                        .map(reply -> each(reply, LegacyCommands::number))
                : forEach(keys, key -> master.apply(Request.cmd(Command.PTTL).arg(key.name()))
                        .map(LegacyCommands::number));
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
                TokenHash hash = keys.get(i).token().hash();
                sidecars.add(SidecarRecord.of(reply.get(i), hash, ownKeys.sidecar(hash), commands.seal()));
            }
            return sidecars;
        });
    }

    /** The not-before times of the subjects of tokens, or {@link Token#NOT_BEFORE_UNSET}. */
    Future<List<Long>> notBefores(List<LegacyToken> tokens, Function<Request, Future<Response>> master) {
        List<RoutingTag> subjects =
                tokens.stream().map(token -> token.token().id().tag()).toList();
        if (!isOneServer || subjects.isEmpty()) {
            return forEach(subjects, commands::notBefore);
        }
        Request request = Request.cmd(Command.MGET);
        subjects.forEach(subject -> request.arg(ownKeys.notBefore(subject)));
        return master.apply(request).map(reply -> each(reply, LegacyCommands::notBefore));
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

    private static <K, T> Future<List<T>> forEach(List<K> keys, Function<K, Future<T>> read) {
        return Future.all(keys.stream().map(read).toList()).map(all -> all.<T>list());
    }
}
