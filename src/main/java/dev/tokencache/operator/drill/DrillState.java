package dev.tokencache.operator.drill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;

/**
 * A running drill at one moment, in the words of its JSON, which the lease stores.
 *
 * @param by the caller who started it
 * @param phase {@code gate}, {@code canaries}, {@code steps} or {@code ending}
 * @param stepsDone the number of steps that have ended; the next one is in progress in the phase {@code steps}
 * @param shards in the order of the plan
 * @param timeline the latest events, oldest first
 */
@RegisterForReflection
public record DrillState(
        String id,
        String type,
        String by,
        String started,
        String phase,
        List<String> steps,
        int stepsDone,
        List<Shard> shards,
        List<Event> timeline) {

    static final String STEPS = "steps";

    /**
     * What the canaries of a shard have seen.
     *
     * @param slots of the shard before the drill
     * @param done which part of its steps has ended, from 0 to 1
     * @param unknown milliseconds
     * @param wrong wrong verdicts and lost writes
     */
    @RegisterForReflection
    public record Shard(String slots, double done, long served, long unknown, long acknowledged, long wrong) {}

    /** @param at with the offset of the zone (RFC 3339) */
    @RegisterForReflection
    public record Event(String at, String text) {}

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public ObjectNode json() {
        return JSON.valueToTree(this);
    }

    @JsonIgnore
    public boolean isInSteps() {
        return phase.equals(STEPS);
    }

    /** Empty if another version wrote it. */
    public static Optional<DrillState> parse(String json) {
        try {
            return Optional.of(JSON.readValue(json, DrillState.class));
        } catch (JsonProcessingException notOne) {
            return Optional.empty();
        }
    }
}
