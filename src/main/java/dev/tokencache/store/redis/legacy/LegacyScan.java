package dev.tokencache.store.redis.legacy;

import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.store.redis.router.Endpoint;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Walks the keys of the old Redis' masters, each on a connection of its own. A master is named by the id of its process' run: a cursor
 * means nothing to any other, not even to the same one after a restart.
 */
final class LegacyScan {

    private static final Logger LOG = Logger.getLogger(LegacyScan.class);
    private static final Pattern RUN_ID = Pattern.compile("run_id:([0-9a-f]+)");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LegacyLink link;
    private final LegacyCommands commands;
    private final LegacyKeys keys;
    private final KeyPattern pattern;
    private final OldRecord records;
    private final Clock clock;
    private final Map<String, Walk> walks = new ConcurrentHashMap<>();

    LegacyScan(
            LegacyLink link,
            LegacyCommands commands,
            LegacyKeys keys,
            KeyPattern pattern,
            OldRecord records,
            Clock clock) {
        this.link = link;
        this.commands = commands;
        this.keys = keys;
        this.pattern = pattern;
        this.records = records;
        this.clock = clock;
    }

    private record Walk(Redis client, RedisConnection connection) {

        Future<Response> send(Request request) {
            return connection.send(request).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    Future<List<Master>> masters() {
        List<Endpoint> nodes = link.masters();
        if (nodes.isEmpty()) {
            return Future.failedFuture(new StoreUnavailableException("no master of the old store is known"));
        }
        return Future.all(nodes.stream().map(this::master).toList()).map(all -> all.<Master>list());
    }

    private Future<Master> master(Endpoint node) {
        Redis client = link.client(node);
        return client.connect().onFailure(failure -> client.close()).compose(connection -> {
            Walk walk = new Walk(client, connection);
            return walk.send(Request.cmd(Command.INFO).arg("server"))
                    .compose(info -> walk.send(Request.cmd(Command.DBSIZE)).map(size -> {
                        Master master = new Master(runId(info.toString()), size.toLong());
                        Walk before = walks.put(master.name(), walk);
                        if (before != null) {
                            before.client().close();
                        }
                        return master;
                    }))
                    .onFailure(failure -> client.close());
        });
    }

    private static String runId(String info) {
        Matcher matcher = RUN_ID.matcher(info);
        if (!matcher.find()) {
            throw new StoreUnavailableException("a master of the old store does not tell its run id");
        }
        return matcher.group(1);
    }

    Future<Page> page(String master, String cursor, int count) {
        Walk walk = walks.get(master);
        if (walk == null) {
            // The process was restarted, or another one has taken the walk over.
            return masters().compose(known -> {
                Walk found = walks.get(master);
                return found != null
                        ? page(found, cursor, count)
                        : Future.failedFuture(
                                new StoreUnavailableException("the old store has no such master any more"));
            });
        }
        return page(walk, cursor, count).onFailure(failure -> {
            walks.remove(master, walk);
            walk.client().close();
        });
    }

    private Future<Page> page(Walk walk, String cursor, int count) {
        return walk.send(Request.cmd(Command.SCAN)
                        .arg(cursor)
                        .arg("MATCH")
                        .arg(pattern.glob())
                        .arg("COUNT")
                        .arg(count))
                .compose(answer -> {
                    List<Future<Optional<LegacyToken>>> read = new ArrayList<>();
                    for (Response key : answer.get(1)) {
                        byte[] name = key.toBytes();
                        if (!keys.isOwn(name)) {
                            pattern.token(name).ifPresent(named -> read.add(token(walk, name, named)));
                        }
                    }
                    String next = answer.get(0).toString();
                    return read.isEmpty()
                            ? Future.succeededFuture(new Page(next, List.of(), 0))
                            : Future.all(read).map(all -> page(next, read));
                });
    }

    private static Page page(String cursor, List<Future<Optional<LegacyToken>>> read) {
        List<LegacyToken> live =
                read.stream().map(Future::result).flatMap(Optional::stream).toList();
        return new Page(cursor, live, read.size());
    }

    /** Marks are not looked at: the cluster has them too, and refuses the copy. */
    private Future<Optional<LegacyToken>> token(Walk walk, byte[] key, KeyPattern.Named named) {
        long now = clock.millis();
        Future<Optional<Contents>> contents =
                walk.send(records.read(key)).map(this::readable).otherwise(LegacyScan::otherType);
        Future<Long> ttl = walk.send(Request.cmd(Command.PTTL).arg(key)).map(Response::toLong);
        Future<Optional<Beside>> beside = commands.beside(named.hash());
        return Future.all(contents, ttl, beside).map(all -> {
            Optional<Token> token = records.token(named.hash(), contents.result(), ttl.result(), beside.result(), now);
            boolean isForeign = beside.result()
                    .filter(Beside.Kept.class::isInstance)
                    .map(Beside.Kept.class::cast)
                    .map(kept -> kept.foreignNonce() != null)
                    .orElse(named.isForeign());
            return token.filter(live ->
                            live.isActive(now, Token.NO_MARK) && !OldRecord.isExpired(live, isForeign, beside.result()))
                    .map(live -> new LegacyToken(live, isForeign));
        });
    }

    /** One record that nobody can read must not end the walk. */
    private Optional<Contents> readable(Response answer) {
        try {
            return records.contents(answer);
        } catch (IllegalArgumentException unreadable) {
            LOG.debugf("A record of the old store can not be read; cause=%s", unreadable.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Contents> otherType(Throwable failure) {
        if (failure.getMessage() != null && failure.getMessage().startsWith("WRONGTYPE")) {
            return Optional.empty();
        }
        throw failure instanceof RuntimeException unchecked
                ? unchecked
                : new StoreUnavailableException("the old store could not be asked", failure);
    }

    void close() {
        walks.values().forEach(walk -> walk.client().close());
        walks.clear();
    }
}
