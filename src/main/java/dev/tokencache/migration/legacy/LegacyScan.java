package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.token.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Scans the keys of the masters of the old Redis, each on its own connection. A master is identified by its run id: a
 * cursor is valid for that run only, not even for the same server after a restart.
 */
final class LegacyScan {

    private static final Pattern RUN_ID = Pattern.compile("run_id:([0-9a-f]+)");
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Reads the records of the keys that a scan returned. They are read by slot and not from the scanned master: the slot may
     * have moved since.
     */
    interface PageReader {

        byte[] glob();

        /** Reads a page. Some keys may not match. */
        Future<Page> read(String next, List<byte[]> keys);
    }

    /** Reads for each item, so many at a time. */
    static <T, R> Future<List<R>> inTurns(List<T> all, int concurrency, Function<T, Future<R>> read) {
        Future<List<R>> replies = Future.succeededFuture(new ArrayList<>(all.size()));
        for (int from = 0; from < all.size(); from += concurrency) {
            List<T> some = all.subList(from, Math.min(all.size(), from + concurrency));
            replies = replies.compose(
                    before -> Future.all(some.stream().map(read).toList()).map(replied -> {
                        before.addAll(replied.list());
                        return before;
                    }));
        }
        return replies;
    }

    private final LegacyLink link;
    private final PageReader pages;
    private final Time time;
    private final Map<String, MasterScan> scans = new ConcurrentHashMap<>();

    LegacyScan(LegacyLink link, PageReader pages, Time time) {
        this.link = link;
        this.pages = pages;
        this.time = time;
    }

    private record MasterScan(NodeLink link, Time time) {

        Future<Response> send(Request request) {
            return inTime(link.send(request), time);
        }
    }

    private static <T> Future<T> inTime(Future<T> reply, Time time) {
        Promise<T> promise = Promise.promise();
        Time.Timer timer = time.schedule(
                REPLY_TIMEOUT,
                () -> promise.tryFail(
                        new StoreUnavailableException("a master of the old store did not reply in time")));
        reply.onComplete(done -> {
            timer.cancel();
            if (done.succeeded()) {
                promise.tryComplete(done.result());
            } else {
                promise.tryFail(done.cause());
            }
        });
        return promise.future();
    }

    Future<List<Master>> masters() {
        List<Endpoint> nodes = link.masters();
        if (nodes.isEmpty()) {
            return Future.failedFuture(new StoreUnavailableException("no master of the old store is known"));
        }
        return Future.all(nodes.stream().map(this::master).toList()).map(all -> all.<Master>list());
    }

    private Future<Master> master(Endpoint node) {
        MasterScan scan = new MasterScan(link.scanLink(node), time);
        // With a timeout: the client waits indefinitely for a hung server or one with too many clients.
        return inTime(scan.link().connect(() -> {}), time)
                .compose(connected -> scan.send(Request.cmd(Command.INFO).arg("server")))
                .compose(info -> scan.send(Request.cmd(Command.DBSIZE)).map(size -> {
                    Master master = new Master(runId(info.toString()), size.toLong());
                    MasterScan before = scans.put(master.name(), scan);
                    if (before != null) {
                        before.link().close();
                    }
                    return master;
                }))
                .onFailure(failure -> scan.link().close());
    }

    private static String runId(String info) {
        Matcher matcher = RUN_ID.matcher(info);
        if (!matcher.find()) {
            throw new StoreUnavailableException("a master of the old store does not report its run id");
        }
        return matcher.group(1);
    }

    Future<Page> page(String master, String cursor, int count) {
        MasterScan scan = scans.get(master);
        if (scan == null) {
            // This process was restarted, or it continues the scan of another one.
            return masters().compose(known -> {
                MasterScan found = scans.get(master);
                return found != null
                        ? page(found, cursor, count)
                        : Future.failedFuture(
                                new StoreUnavailableException("the master of this scan no longer exists"));
            });
        }
        return page(scan, cursor, count).onFailure(failure -> {
            scans.remove(master, scan);
            scan.link().close();
        });
    }

    private Future<Page> page(MasterScan scan, String cursor, int count) {
        return scan.send(Request.cmd(Command.SCAN)
                        .arg(cursor)
                        .arg("MATCH")
                        .arg(pages.glob())
                        .arg("COUNT")
                        .arg(count))
                .compose(reply -> {
                    List<byte[]> keys = new ArrayList<>();
                    reply.get(1).forEach(key -> keys.add(key.toBytes()));
                    return pages.read(reply.get(0).toString(), keys);
                });
    }

    void close() {
        scans.values().forEach(scan -> scan.link().close());
        scans.clear();
    }
}
