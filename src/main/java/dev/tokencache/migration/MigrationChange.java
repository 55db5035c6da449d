package dev.tokencache.migration;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an operator asks for; what is left out stays as it is, or takes its default in the new phase.
 *
 * @param phase the name of a phase
 * @param readPercent of {@code ramp}
 * @param mirrorPercent of {@code mirror}, {@code ramp} and {@code cluster}
 * @param force to go forward without the evidence
 */
public record MigrationChange(
        Optional<String> phase, OptionalInt readPercent, OptionalInt mirrorPercent, boolean force) {}
