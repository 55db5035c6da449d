package dev.tokencache.migration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** When a migration may advance. A migration is configured if {@code tokencache.migration.legacy.hosts} is set. */
@ConfigMapping(prefix = "tokencache.migration")
public interface MigrationConfig {

    /** The minimum number of comparisons since the last change. */
    @WithDefault("10000")
    long minComparisons();

    /** The maximum ratio of mismatches to comparisons, from 0 to 1. */
    @WithDefault("0.0001")
    double maxMismatchRate();
}
