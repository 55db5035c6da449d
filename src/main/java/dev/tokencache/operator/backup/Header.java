package dev.tokencache.operator.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * The first part of a file, which is never sealed. Pure.
 *
 * @param id of the export
 * @param startedAt by the clock of the machine; what happened to tokens since may be missing
 * @param keyPrefix the key prefix of the exported cluster
 * @param slots the slots of each of its shards
 * @param isSealed whether the other parts are sealed
 */
record Header(String id, Instant startedAt, String keyPrefix, String slots, boolean isSealed) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Header of(Instant now, String keyPrefix, String slots, boolean isSealed) {
        return new Header(UUID.randomUUID().toString(), now, keyPrefix, slots, isSealed);
    }

    byte[] bytes() {
        return JSON.createObjectNode()
                .put("id", id)
                .put("started_at", startedAt.toString())
                .put("key_prefix", keyPrefix)
                .put("slots", slots)
                .put("sealed", isSealed)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Reads what {@link #bytes} has written. Throws {@link IllegalArgumentException} for anything else. */
    static Header of(byte[] bytes) {
        try {
            JsonNode header = JSON.readTree(bytes);
            return new Header(
                    UUID.fromString(header.path("id").asText()).toString(),
                    Instant.parse(header.path("started_at").asText()),
                    header.path("key_prefix").asText(),
                    header.path("slots").asText(),
                    header.path("sealed").asBoolean());
        } catch (IOException | RuntimeException malformed) {
            throw new IllegalArgumentException("malformed", malformed);
        }
    }
}
