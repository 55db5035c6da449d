/**
 * The state of a migration in the cluster, shared by all instances. {@link
 * dev.tokencache.migration.state.RedisMigrationStates} is the entry.
 */
@NullMarked
package dev.tokencache.migration.state;

import org.jspecify.annotations.NullMarked;
