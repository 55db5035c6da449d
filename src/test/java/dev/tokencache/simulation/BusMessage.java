package dev.tokencache.simulation;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message between two nodes of a simulated cluster.
 *
 * @param claim the slots of the sender or its master, or of the subject of an {@code UPDATE}
 * @param failed the subject of a {@code FAIL}
 * @param isHandover from a master: its clients are paused; from a replica: vote also if the master works
 */
record BusMessage(
        Type type,
        String sender,
        @Nullable String masterOfSender,
        long currentEpoch,
        long offset,
        Claim claim,
        List<Doubt> doubts,
        @Nullable String failed,
        boolean isHandover) {

    enum Type {
        PING,
        PONG,
        FAIL,
        UPDATE,
        /** A replica asks its master to hand over. */
        HANDOVER,
        VOTE_REQUEST,
        VOTE
    }

    /** A node that the sender suspects or knows to have failed. */
    record Doubt(String id, boolean isFailed) {}

    /** The slots of a master, as of a configuration. */
    record Claim(String master, long configEpoch, BitSet slots) {

        /** The sets of slots are replaced when they change, so messages can share them. */
        static Claim of(Peer peer) {
            return new Claim(peer.id, peer.configEpoch, peer.slots);
        }
    }
}
