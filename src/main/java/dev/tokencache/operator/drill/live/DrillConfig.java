package dev.tokencache.operator.drill.live;

import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.nodes.ConfiguredLogin;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** The limits of all drills, and the user of Redis that a drill in this service logs in as. */
@ConfigMapping(prefix = DrillConfig.PREFIX)
public interface DrillConfig extends ConfiguredLogin.Config {

    String PREFIX = "tokencache.drill";

    /** When a drill may start, in local time. */
    @WithDefault("09:00-16:00")
    String hours();

    /** How many shards a drill may touch at a time. By default a minority of the masters. */
    OptionalInt maxParallel();

    /** A program that kills, restarts and restores nodes. */
    Optional<Path> hook();

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    static Gate.Limits limits(DrillConfig config) {
        ConfiguredLogin.check(PREFIX, config);
        int parallel = config.maxParallel().orElse(Integer.MAX_VALUE);
        if (parallel < 1) {
            throw new IllegalArgumentException(PREFIX + ".max-parallel must be at least 1");
        }
        try {
            return new Gate.Limits(Gate.Hours.parse(config.hours()), parallel);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(PREFIX + ".hours must be like 09:00-16:00");
        }
    }
}
