package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts.Samples;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.store.redis.RedisKeys;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Samples the service's keys on a master, with a bounded number of commands. Reads no values. */
final class KeySampler {

    private static final int KEYS = 100;
    private static final int SCANS = 20;
    private static final String COUNT = "200";
    /** The not-before time, and two fields of large hashes. */
    private static final int FIELDS_OF_NO_TOKEN = 3;
    /** The key has moved, or is of another type: it is not counted. */
    private static final Set<String> IGNORED = Set.of("MOVED", "ASK", "WRONGTYPE", "TRYAGAIN", "CLUSTERDOWN");

    private final NodeClients clients;
    private final Endpoint master;
    private final RedisKeys keys;

    KeySampler(NodeClients clients, Endpoint master, String keyPrefix) {
        this.clients = clients;
        this.master = master;
        this.keys = new RedisKeys(keyPrefix);
    }

    Future<Samples> sample() {
        return scan("0", new ArrayList<>(), SCANS)
                .compose(found -> numbers("PTTL", found).compose(ttls -> numbers(
                                "HLEN", found.stream().filter(this::isSubject).toList())
                        .map(sizes -> new Samples(
                                found.size(),
                                Collections.frequency(ttls, -1L),
                                Math.max(0, sizes.stream().max(Long::compare).orElse(0L) - FIELDS_OF_NO_TOKEN)))));
    }

    private boolean isSubject(String key) {
        return keys.subjectOf(key.getBytes(StandardCharsets.UTF_8)).isPresent();
    }

    private Future<List<Long>> numbers(String command, List<String> found) {
        return Future.all(found.stream().map(key -> number(command, key)).toList())
                .map(replies -> replies.<Long>list());
    }

    private Future<List<String>> scan(String cursor, List<String> found, int left) {
        String pattern = new String(keys.glob(), StandardCharsets.UTF_8);
        return clients.send(master, "SCAN", cursor, "MATCH", pattern, "COUNT", COUNT)
                .compose(reply -> {
                    String next = reply.get(0).toString();
                    reply.get(1).stream()
                            .map(Response::toString)
                            .limit(KEYS - found.size())
                            .forEach(found::add);
                    return next.equals("0") || left == 1 || found.size() == KEYS
                            ? Future.succeededFuture(found)
                            : scan(next, found, left - 1);
                });
    }

    private Future<Long> number(String command, String key) {
        return clients.send(master, command, key)
                .map(reply -> reply == null ? 0 : reply.toLong())
                .recover(failure -> failure instanceof NodeClients.Failure known && IGNORED.contains(known.code())
                        ? Future.succeededFuture(0L)
                        : Future.failedFuture(failure));
    }
}
