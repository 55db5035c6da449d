package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Paging;
import dev.tokencache.token.Paging.Position;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a subject's tokens in pages. A page consists of batches of at most about {@value #BATCH} fields ({@code HSCAN}), one
 * after the other, so that no command blocks a node for long, however many tokens there are. One page is read at a time, so
 * that any number of listings leaves the event loops to other calls. Thread-safe.
 */
final class SubjectListing {

    /** The fields that Redis returns at a time. A small hash is returned whole. */
    private static final int BATCH = 100;

    /** The batches that one page may take. A hash can have more dead fields than live ones. */
    private static final int MAX_BATCHES = 100;

    /** The claims of a page, in bytes: a large page takes an event loop too long to write. */
    private static final int MAX_CLAIMS = 1 << 20;

    private final RedisCommands commands;
    private final RedisKeys keys;
    private final Seal seal;
    private final Clock clock;
    private Future<SubjectTokens> last = Future.succeededFuture();

    SubjectListing(RedisCommands commands, RedisStoreSettings settings, Clock clock) {
        this.commands = commands;
        this.keys = settings.keys();
        this.seal = settings.seal();
        this.clock = clock;
    }

    /** Reads a page of the active tokens, oldest first. It may have fewer tokens than its limit although others follow. */
    synchronized Future<SubjectTokens> page(RoutingTag subject, Paging paging, Deadline deadline) {
        Future<SubjectTokens> page = last.transform(before -> commands.isOver(deadline)
                ? Future.failedFuture(new StoreUnavailableException("other listings took too long"))
                : read(subject, paging, deadline));
        last = page;
        return page;
    }

    private Future<SubjectTokens> read(RoutingTag subject, Paging paging, Deadline deadline) {
        byte[] key = keys.subject(subject);
        return commands.fieldsNow(key, RedisKeys.NOT_BEFORE, RedisKeys.NOT_BEFORE, deadline)
                .compose(answer -> {
                    NotBefore notBefore =
                            NotBefore.of(RedisCommands.list(answer).get(0), key, seal);
                    Page page = new Page(subject, key, notBefore.millis(), paging.limit(), deadline);
                    return page.read(paging.after().orElse(Position.startOf(0)), MAX_BATCHES);
                });
    }

    private final class Page {

        private final RoutingTag subject;
        private final byte[] key;
        private final long notBeforeMillis;
        private final int limit;
        private final Deadline deadline;
        /** By hash, because {@code HSCAN} can return a field twice. */
        private final Map<TokenHash, Token> tokens = new LinkedHashMap<>();

        private int claims;

        private Page(RoutingTag subject, byte[] key, long notBeforeMillis, int limit, Deadline deadline) {
            this.subject = subject;
            this.key = key;
            this.notBeforeMillis = notBeforeMillis;
            this.limit = limit;
            this.deadline = deadline;
        }

        private Future<SubjectTokens> read(Position from, int batches) {
            return commands.scanFields(key, from.cursor(), BATCH, deadline).compose(answer -> {
                Response reply = RedisCommands.list(answer);
                for (Token token : live(reply.get(1))) {
                    if (!from.isBefore(token)) {
                        continue;
                    }
                    if (isFull()) {
                        return Future.succeededFuture(result(Optional.of(Position.after(from.cursor(), last()))));
                    }
                    tokens.put(token.id().hash(), token);
                    Claims attached = token.claims();
                    claims += attached == null ? 0 : attached.json().length;
                }
                long next = Long.parseUnsignedLong(reply.get(0).toString());
                if (next == 0) {
                    return Future.succeededFuture(result(Optional.empty()));
                }
                return isFull() || batches == 1
                        ? Future.succeededFuture(result(Optional.of(Position.startOf(next))))
                        : read(Position.startOf(next), batches - 1);
            });
        }

        private boolean isFull() {
            return tokens.size() == limit || claims >= MAX_CLAIMS;
        }

        private List<Token> live(Response fields) {
            long now = clock.millis();
            return SubjectContents.of(subject, key, List.of(fields), seal).tokens().stream()
                    .filter(token -> token.isActive(now, notBeforeMillis))
                    .sorted(Paging.OLDEST_FIRST)
                    .toList();
        }

        private Token last() {
            return tokens.values().stream().reduce((first, second) -> second).orElseThrow();
        }

        private SubjectTokens result(Optional<Position> next) {
            return new SubjectTokens(
                    notBeforeMillis == Token.NOT_BEFORE_UNSET ? OptionalLong.empty() : OptionalLong.of(notBeforeMillis),
                    tokens.values().stream().sorted(Paging.OLDEST_FIRST).toList(),
                    next);
        }
    }
}
