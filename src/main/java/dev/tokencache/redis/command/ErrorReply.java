package dev.tokencache.redis.command;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;

/**
 * The routing meaning of an error reply. In all cases except {@link Final} the node did not run the command. See the Redis
 * Cluster specification, "Redirection and resharding".
 */
public sealed interface ErrorReply {

    /** {@code MOVED}: another node serves the slot permanently. */
    record Moved(int slot, Endpoint endpoint) implements ErrorReply {}

    /** {@code ASK}: the slot is migrating; send this command once to another node, after {@code ASKING}. */
    record Ask(Endpoint endpoint) implements ErrorReply {}

    /**
     * The command cannot run now: the slot has no master or its keys are migrating, the node is loading its data, is busy or
     * has become a replica, or a redirection names no address.
     */
    record TryLater(String reason) implements ErrorReply {}

    /**
     * {@code LATE}: the node did not run a {@link FencedRequest}, because its clock, in milliseconds since the epoch,
     * shows a later time. If the call is still waiting, the service was wrong about that clock.
     */
    record Late(long nodeMillis) implements ErrorReply {}

    /** The result of the command itself, not a matter of routing. */
    record Final() implements ErrorReply {}

    /** Classifies an error reply of a node, whose host replaces an empty one in a redirection. */
    static ErrorReply of(String message, String queriedHost, AddressMap addresses) {
        String[] words = message.split(" ", 4);
        return switch (words[0]) {
            case "LATE" -> late(words);
            case "MOVED", "ASK" -> redirection(words, queriedHost, addresses);
            // READONLY: the node was demoted to a replica. BUSY: a script on the node exceeds its time limit.
            case "CLUSTERDOWN", "TRYAGAIN", "LOADING", "MASTERDOWN", "READONLY", "BUSY" -> new TryLater(words[0]);
            default -> new Final();
        };
    }

    private static ErrorReply late(String[] words) {
        try {
            return words.length < 2 ? new Final() : new Late(Long.parseLong(words[1]));
        } catch (NumberFormatException notATime) {
            return new Final();
        }
    }

    private static ErrorReply redirection(String[] words, String queriedHost, AddressMap addresses) {
        if (words.length < 3) {
            return new Final();
        }
        int slot;
        try {
            slot = Integer.parseInt(words[1]);
        } catch (NumberFormatException notASlot) {
            return new Final();
        }
        if (slot < 0 || slot >= HashSlot.COUNT) {
            return new Final();
        }
        if (words[2].startsWith("?:")) {
            // The node has no host name to announce (Redis 7). The slot map has its address.
            return new TryLater(words[0]);
        }
        boolean isMoved = words[0].equals("MOVED");
        return Endpoint.parse(words[2], queriedHost)
                .map(addresses::reachable)
                .<ErrorReply>map(endpoint -> isMoved ? new Moved(slot, endpoint) : new Ask(endpoint))
                .orElseGet(Final::new);
    }
}
