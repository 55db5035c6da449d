package dev.tokencache.operator.drill.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.operator.drill.ClusterRecords;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.token.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The records of drills, as the running service reads them. */
@Singleton
public final class DrillRecords {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** As long as the lease of a drill that has died. */
    private static final long ABORT_MILLIS = 60_000;

    private final RedisRouter router;
    private final RedisConfig config;

    DrillRecords(RedisRouter router, RedisConfig config) {
        this.router = router;
        this.config = config;
    }

    /** The state of the running drill, if any, and the reports, the latest first. */
    public Future<ObjectNode> read() {
        return Future.all(
                        read(Command.HGETALL, ClusterRecords.reportsKey(config.keyPrefix())),
                        read(Command.GET, ClusterRecords.leaseKey(config.keyPrefix())))
                .map(replies -> body(replies.resultAt(0), replies.resultAt(1)))
                .recover(DrillRecords::unavailable);
    }

    /** When the latest drill ended; the epoch if the cluster stores no report. */
    public Future<Instant> latest() {
        return read().map(
                        body -> time(body.path("reports").path(0).path("report").path("ended")));
    }

    /** The state that the running drill has stored. */
    Future<Optional<DrillState>> running() {
        return read(Command.GET, ClusterRecords.leaseKey(config.keyPrefix()))
                .map(lease -> Optional.ofNullable(lease).flatMap(held -> DrillState.parse(state(held))))
                .recover(DrillRecords::unavailable);
    }

    private static <T> Future<T> unavailable(Throwable failure) {
        return Future.failedFuture(new StoreUnavailableException("the records of drills are unavailable", failure));
    }

    Future<Void> requestAbort(String id, String caller) {
        byte[] key = ClusterRecords.abortKey(config.keyPrefix()).getBytes(StandardCharsets.UTF_8);
        Request request = Request.cmd(Command.SET)
                .arg(key)
                .arg(id + " " + caller)
                .arg("PX")
                .arg(ABORT_MILLIS);
        return router.send(key, request, router.deadline(config.timeout()))
                .<Void>mapEmpty()
                .recover(DrillRecords::unavailable);
    }

    private static Instant time(JsonNode ended) {
        try {
            return ended.isTextual() ? OffsetDateTime.parse(ended.asText()).toInstant() : Instant.EPOCH;
        } catch (DateTimeException malformed) {
            return Instant.EPOCH;
        }
    }

    private Future<@Nullable Response> read(Command command, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return router.send(bytes, Request.cmd(command).arg(bytes), router.deadline(config.timeout()))
                .map(reply -> reply.response());
    }

    private static ObjectNode body(@Nullable Response stored, @Nullable Response lease) {
        ObjectNode body = JSON.createObjectNode();
        if (lease != null) {
            parse(state(lease), running -> body.set("running", running));
        }
        ArrayNode reports = body.putArray("reports");
        TreeMap<String, String> latestFirst = new TreeMap<>(Comparator.reverseOrder());
        for (int i = 0; stored != null && i + 1 < stored.size(); i += 2) {
            latestFirst.put(stored.get(i).toString(), stored.get(i + 1).toString());
        }
        latestFirst.values().forEach(report -> parse(report, reports::add));
        return body;
    }

    private static String state(Response lease) {
        String value = lease.toString();
        return value.substring(value.indexOf(' ') + 1);
    }

    /** Leaves out what is no JSON object: someone else wrote it. */
    private static void parse(String text, Consumer<ObjectNode> to) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                to.accept(object);
            }
        } catch (JsonProcessingException notJson) {
            // Left out.
        }
    }
}
