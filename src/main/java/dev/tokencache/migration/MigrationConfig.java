package dev.tokencache.migration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** When a migration may go on. There is one if {@code tokencache.migration.legacy.hosts} says where the old store is. */
@ConfigMapping(prefix = "tokencache.migration")
public interface MigrationConfig {

    /** The fewest comparisons since the last change that say something. */
    @WithDefault("10000")
    long minComparisons();

    /** The largest part of the comparisons that may have found a mismatch, from 0 to 1. */
    @WithDefault("0.0001")
    double maxMismatchRate();
}
