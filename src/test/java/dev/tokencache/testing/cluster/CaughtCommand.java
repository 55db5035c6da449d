package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A command that a {@link TcpFaultProxy} waits for, and then has caught. Thread-safe. */
public final class CaughtCommand {

    enum Fate {
        HELD,
        COPIED,
        UNANSWERED
    }

    private static final int PATIENCE_SECONDS = 60;

    private final CompletableFuture<byte[]> command = new CompletableFuture<>();
    private final CountDownLatch released;
    private final byte[] text;
    private final Fate fate;
    private final InetSocketAddress server;

    CaughtCommand(String text, Fate fate, InetSocketAddress server) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.fate = fate;
        this.server = server;
        this.released = new CountDownLatch(fate == Fate.HELD ? 1 : 0);
    }

    /** Waits until a client has sent the command. */
    public CaughtCommand awaitCaught() {
        command.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        return this;
    }

    /** Whether a client has sent the command. */
    public boolean isCaught() {
        return command.isDone();
    }

    /** Forwards a held command, and what came after it on its connection. */
    public void release() {
        released.countDown();
    }

    /** Sends the command to the server once more, on a new connection, and returns the reply. */
    public @Nullable Object sendAgain(String password) {
        byte[][] arguments = RespCommands.arguments(awaitCaught().command.join());
        Socket socket = new Socket();
        try {
            socket.connect(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (RespClient client = new RespClient(socket)) {
            client.send("AUTH", password);
            return client.send(arguments);
        }
    }

    boolean matches(byte[] data) {
        for (int from = 0; from + text.length <= data.length; from++) {
            int i = 0;
            while (i < text.length && data[from + i] == text[i]) {
                i++;
            }
            if (i == text.length) {
                return true;
            }
        }
        return false;
    }

    void caught(byte[] data) {
        command.complete(data);
    }

    void awaitRelease() throws InterruptedException {
        released.await();
    }

    boolean isUnanswered() {
        return fate == Fate.UNANSWERED;
    }
}
