/**
 * token-cache: creates, validates and expires SSO tokens in a Redis Cluster. {@link dev.tokencache.Wiring} spells the
 * chain of stores; {@code ARCHITECTURE.md} is the map.
 */
@NullMarked
package dev.tokencache;

import org.jspecify.annotations.NullMarked;
