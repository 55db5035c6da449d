package dev.tokencache.operator.instances;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A field of the hash of instances. Pure.
 *
 * @param at the clock of the node when it was written, in milliseconds; 0 if the field cannot be read
 */
public record Beat(
        String id, long at, long clockAheadMillis, String version, Map<String, String> fingerprints, Load load) {

    private static final ObjectMapper JSON = new ObjectMapper();

    String text() {
        ObjectNode text = JSON.createObjectNode()
                .put("at", at)
                .put("clock_ahead", clockAheadMillis)
                .put("version", version);
        fingerprints.forEach(text.putObject("fingerprints")::put);
        text.putObject("load").put("per_second", load.perSecond()).put("unknown_per_second", load.unknownPerSecond());
        return text.toString();
    }

    static Beat parse(String id, String text) {
        try {
            JsonNode beat = JSON.readTree(text);
            Map<String, String> fingerprints = new TreeMap<>();
            beat.path("fingerprints")
                    .properties()
                    .forEach(kind ->
                            fingerprints.put(kind.getKey(), kind.getValue().asText()));
            return new Beat(
                    id,
                    beat.path("at").asLong(),
                    beat.path("clock_ahead").asLong(),
                    beat.path("version").asText(),
                    fingerprints,
                    new Load(
                            beat.path("load").path("per_second").asDouble(),
                            beat.path("load").path("unknown_per_second").asDouble()));
        } catch (JsonProcessingException unreadable) {
            return new Beat(id, 0, 0, "", Map.of(), Load.NONE);
        }
    }

    Beat withClockAhead(long millis) {
        return new Beat(id, at, millis, version, fingerprints, load);
    }

    boolean isOld(long now, Duration maxAge) {
        return Math.abs(now - at) > maxAge.toMillis();
    }
}
