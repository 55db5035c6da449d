package dev.tokencache.migration;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A change that an operator requests. An absent value stays as it is, or takes its default in the new phase.
 *
 * @param readPercent of {@code ramp}
 * @param mirrorPercent of {@code mirror}, {@code ramp} and {@code cluster}
 * @param force whether to advance without evidence
 */
public record MigrationChange(
        Optional<String> phase, OptionalInt readPercent, OptionalInt mirrorPercent, boolean force) {}
