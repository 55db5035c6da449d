package dev.tokencache.testing.cluster;

import dev.tokencache.redis.RedisErrorException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A blocking connection to one node, for commands whose reply is a text. A lost connection or a late reply throws {@link
 * UncheckedIOException}, an error reply {@link RedisErrorException}. Not thread-safe.
 */
final class NodeClient implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    NodeClient(NodeAccess access, int port) {
        try {
            this.socket = access.open(port);
            this.in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port, e);
        }
        try {
            send("AUTH", access.password());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Sends a command of ASCII arguments and waits for its reply. */
    String send(String... command) {
        StringBuilder request = new StringBuilder("*" + command.length + "\r\n");
        for (String argument : command) {
            request.append("$" + argument.length() + "\r\n" + argument + "\r\n");
        }
        try {
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            String reply = line();
            if (reply.startsWith("-")) {
                throw new RedisErrorException(reply.substring(1));
            }
            return reply.startsWith("$") ? bulk(Integer.parseInt(reply.substring(1))) : reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NumberFormatException notRedis) {
            throw new UncheckedIOException(new IOException("not a reply of Redis", notRedis));
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            line.append((char) c);
        }
        in.skipNBytes(1); // the line feed
        return line.toString();
    }

    private String bulk(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        in.skipNBytes(2);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
