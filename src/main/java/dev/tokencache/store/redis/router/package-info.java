/**
 * Sends each command to the Redis node that serves its hash slot, over connections that are held open.
 *
 * <p>The entry is {@link dev.tokencache.store.redis.router.RedisRouter}. Its promise: one dead or hung node costs its
 * own slots and no others; every call is answered, refused or given up within its deadline; and what a replica does not
 * know is never told as if a master had said it. Commands are sent again if their answer is lost, so all of them must be
 * idempotent.
 *
 * <p>How it works: one {@link dev.tokencache.store.redis.router.LoopRouter} per event loop holds one {@link
 * dev.tokencache.store.redis.router.NodePipe} per node, on which commands are pipelined; one {@link
 * dev.tokencache.store.redis.router.Topology} for all loops keeps the {@link
 * dev.tokencache.store.redis.router.SlotMap}. {@link dev.tokencache.store.redis.router.HashSlot}, {@link
 * dev.tokencache.store.redis.router.ClusterSlots} and {@link dev.tokencache.store.redis.router.Refusal} are pure.
 */
@NullMarked
package dev.tokencache.store.redis.router;

import org.jspecify.annotations.NullMarked;
