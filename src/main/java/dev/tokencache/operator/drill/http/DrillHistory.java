package dev.tokencache.operator.drill.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.operator.drill.ClusterRecords;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.store.redis.RedisConfig;
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
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The records of drills, as the running service reads them. */
@Singleton
public final class DrillHistory {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RedisRouter router;
    private final RedisConfig config;

    DrillHistory(RedisRouter router, RedisConfig config) {
        this.router = router;
        this.config = config;
    }

    /** The running drill, if any, and the reports, the latest first. */
    Future<ObjectNode> read() {
        return Future.all(
                        read(Command.HGETALL, ClusterRecords.reportsKey(config.keyPrefix())),
                        read(Command.GET, ClusterRecords.leaseKey(config.keyPrefix())))
                .map(replies -> body(replies.resultAt(0), replies.resultAt(1)));
    }

    /** When the latest drill ended; null if the cluster stores no report. */
    public Future<@Nullable Instant> latest() {
        return read().map(
                        body -> time(body.path("reports").path(0).path("report").path("ended")));
    }

    private static @Nullable Instant time(JsonNode ended) {
        try {
            return ended.isTextual() ? OffsetDateTime.parse(ended.asText()).toInstant() : null;
        } catch (DateTimeException malformed) {
            return null;
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
            String value = lease.toString();
            parse(value.substring(value.indexOf(' ') + 1), running -> body.set("running", running));
        }
        ArrayNode reports = body.putArray("reports");
        TreeMap<String, String> latestFirst = new TreeMap<>(Comparator.reverseOrder());
        for (int i = 0; stored != null && i + 1 < stored.size(); i += 2) {
            latestFirst.put(stored.get(i).toString(), stored.get(i + 1).toString());
        }
        latestFirst.values().forEach(report -> parse(report, reports::add));
        return body;
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
