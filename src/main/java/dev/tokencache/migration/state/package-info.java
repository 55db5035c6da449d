/**
 * The state of a migration, stored in the cluster and shared by all instances. The entry type is
 * {@link dev.tokencache.migration.state.RedisMigrationStates}. Every change is one atomic script.
 */
@NullMarked
package dev.tokencache.migration.state;

import org.jspecify.annotations.NullMarked;
