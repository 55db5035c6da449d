/**
 * token-cache: creates, validates and expires SSO tokens in a Redis Cluster. {@link dev.tokencache.Wiring} assembles the
 * chain of stores; {@code ARCHITECTURE.md} describes the packages.
 */
@NullMarked
package dev.tokencache;

import org.jspecify.annotations.NullMarked;
