package dev.tokencache.redis.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commands that were sent on one connection and have no reply yet, oldest first: Redis replies in order. A command that
 * no longer waits for its reply keeps its place, because the reply may still arrive. Belongs to one event loop.
 */
final class InFlight {

    /** One place in the order of replies. */
    static final class Sent {
        private final long atNanos;
        /** When the extra time of the command is over, on a clock that stops during stalls. */
        private final long expectedNanos;

        private @Nullable ConnectionCommand command;

        private Sent(ConnectionCommand command, long atNanos, long stalledNanos) {
            this.command = command;
            this.atNanos = atNanos;
            this.expectedNanos = atNanos - stalledNanos + command.extraNanos();
        }

        long atNanos() {
            return atNanos;
        }

        /** How long the node has taken for its reply, without stalls and the extra time of the command. */
        long waitNanos(long nowNanos, long stalledNanos) {
            return nowNanos - stalledNanos - expectedNanos;
        }

        /** The command, or null if it no longer waits. Returns it only once, so that it has one outcome. */
        @Nullable
        ConnectionCommand take() {
            ConnectionCommand taken = command;
            command = null;
            return taken;
        }
    }

    private final Queue<Sent> places = new ArrayDeque<>();

    /** @param stalledNanos how long the loop has stalled so far */
    void add(ConnectionCommand command, long nowNanos, long stalledNanos) {
        places.add(new Sent(command, nowNanos, stalledNanos));
    }

    int size() {
        return places.size();
    }

    /** The oldest place, or null if there is none. */
    @Nullable
    Sent oldest() {
        return places.peek();
    }

    /** Ends the oldest place, whose reply arrived. Returns its command, or null if it no longer waits. */
    @Nullable
    ConnectionCommand replied() {
        Sent oldest = places.remove();
        return oldest.take();
    }

    /** Takes the commands that match, oldest first. */
    List<ConnectionCommand> take(Predicate<ConnectionCommand> condition) {
        // Collected first: an outcome may send the next command on this connection.
        List<ConnectionCommand> taken = List.of();
        for (Sent place : places) {
            ConnectionCommand command = place.command;
            if (command != null && condition.test(command)) {
                taken = taken.isEmpty() ? new ArrayList<>() : taken;
                taken.add(command);
                place.take();
            }
        }
        return taken;
    }

    /** Ends all places, because the connection is lost. Returns the commands that still wait. */
    List<ConnectionCommand> clear() {
        List<ConnectionCommand> waiting = take(command -> true);
        places.clear();
        return waiting;
    }
}
