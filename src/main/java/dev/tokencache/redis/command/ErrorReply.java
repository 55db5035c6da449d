package dev.tokencache.redis.command;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;

/**
 * What an error reply of a node means for the command that met it. See the Redis Cluster specification, "Redirection
 * and resharding". In all cases but {@link Final} the node did not run the command.
 */
public sealed interface ErrorReply {

    /** {@code MOVED}: another node serves the slot from now on. */
    record Moved(int slot, Endpoint endpoint) implements ErrorReply {}

    /** {@code ASK}: the slot is on its way to another node; this once, ask there, after {@code ASKING}. */
    record Ask(Endpoint endpoint) implements ErrorReply {}

    /**
     * Nobody can run the command just now: the cluster is without a master for the slot, is moving its keys, or the node
     * is loading its data or has become a replica.
     *
     * @param reason the first word of the reply
     */
    record TryLater(String reason) implements ErrorReply {}

    /** The node's answer to the command itself. */
    record Final() implements ErrorReply {}

    /**
     * What an error reply means.
     *
     * @param message the reply as Redis wrote it
     * @param askedHost the host that answered; it stands in for an empty host in a redirection
     * @param addresses where the node of a redirection is reached
     */
    static ErrorReply of(String message, String askedHost, AddressMap addresses) {
        String[] words = message.split(" ", 4);
        return switch (words[0]) {
            case "MOVED", "ASK" -> redirection(words, askedHost, addresses);
            // READONLY: a master that was demoted. BUSY: somebody's script runs too long.
            case "CLUSTERDOWN", "TRYAGAIN", "LOADING", "MASTERDOWN", "READONLY", "BUSY" -> new TryLater(words[0]);
            default -> new Final();
        };
    }

    private static ErrorReply redirection(String[] words, String askedHost, AddressMap addresses) {
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
        boolean moved = words[0].equals("MOVED");
        return Endpoint.parse(words[2], askedHost)
                .map(addresses::reachable)
                .<ErrorReply>map(endpoint -> moved ? new Moved(slot, endpoint) : new Ask(endpoint))
                .orElseGet(Final::new);
    }
}
