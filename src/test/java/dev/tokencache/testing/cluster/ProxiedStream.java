package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** One direction of one connection of a {@link TcpFaultProxy}: one thread reads, one writes. */
final class ProxiedStream {

    /** @param data empty at the end of the stream */
    private record Packet(byte[] data, long dueNanos, Optional<CaughtCommand> caught) {}

    private static final byte[] END = {};

    private final BlockingQueue<Packet> packets = new LinkedBlockingQueue<>();
    private final RespCommands commands = new RespCommands();
    private final Socket from;
    private final Socket to;
    private final Passage passage;
    private final boolean hasCommands;
    /** Discards the replies to what this stream carries from now on. */
    private final Runnable loseReplies;

    private volatile boolean isLost;
    private long lastDueNanos = System.nanoTime();

    ProxiedStream(Socket from, Socket to, Passage passage, boolean hasCommands, Runnable loseReplies) {
        this.hasCommands = hasCommands;
        this.from = from;
        this.to = to;
        this.passage = passage;
        this.loseReplies = loseReplies;
    }

    /** Discards everything from now on. */
    void lose() {
        isLost = true;
    }

    /** Reads until the end of the stream. */
    void read() {
        byte[] buffer = new byte[16 * 1024];
        try {
            for (int length; (length = from.getInputStream().read(buffer)) >= 0; ) {
                arrived(hasCommands ? commands.split(buffer, length) : List.of(Arrays.copyOf(buffer, length)));
            }
        } catch (IOException over) {
            // The peer reset the connection, or the proxy was cut.
        }
        packets.add(new Packet(END, due(), Optional.empty()));
    }

    private void arrived(List<byte[]> pieces) {
        long due = due();
        for (byte[] piece : pieces) {
            Optional<CaughtCommand> caught = passage.caught(piece);
            caught.ifPresent(command -> command.caught(piece));
            packets.add(new Packet(piece, due, caught));
        }
    }

    /** TCP delivers in order: a late packet delays those behind it. */
    private long due() {
        long due = System.nanoTime() + passage.nanosOnTheWay();
        if (due - lastDueNanos > 0) {
            lastDueNanos = due;
        }
        return lastDueNanos;
    }

    /** Writes until the end of the stream, which the other side then sees too. */
    void write() {
        try {
            for (Packet packet = packets.take(); packet.data().length > 0; packet = packets.take()) {
                deliver(packet);
            }
            passage.awaitPassage();
            if (!isLost) {
                to.shutdownOutput();
            }
        } catch (IOException | InterruptedException over) {
            // The peer closed the connection, or the proxy was cut.
        }
    }

    private void deliver(Packet packet) throws InterruptedException {
        for (long wait; (wait = packet.dueNanos() - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(wait);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        if (packet.caught().isPresent()) {
            packet.caught().get().awaitRelease();
            if (packet.caught().get().isUnanswered()) {
                loseReplies.run();
            }
        }
        if (!passage.awaitPassage()) {
            isLost = true;
        }
        if (!isLost) {
            try {
                to.getOutputStream().write(packet.data());
            } catch (IOException gone) {
                // Keeps reading, so that the sender is not blocked: the peer may only have closed this direction.
                isLost = true;
            }
        }
    }
}
