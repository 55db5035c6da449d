package dev.tokencache.testing.cluster;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A blocking connection to one Redis server. It follows no redirects and retries nothing.
 *
 * <p>Replies are RESP2: {@link String} for a simple string, {@link Long}, {@code byte[]} for a bulk string, {@link List}
 * for an array, null, and {@link RespException} for an error (thrown, or as an element of an array). A lost connection or a
 * late reply throws {@link UncheckedIOException}. Not thread-safe.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">Redis serialization protocol</a>
 */
public final class RespClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Uses a connection that is already open, for example one with TLS. */
    public RespClient(Socket socket) {
        this.socket = socket;
        try {
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = new BufferedOutputStream(socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects to a server on this machine; each reply may take at most fifteen seconds. */
    public static RespClient connect(int port) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) TIMEOUT.toMillis());
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.setTcpNoDelay(true);
            return new RespClient(socket);
        } catch (IOException e) {
            close(socket);
            throw new UncheckedIOException("port " + port, e);
        }
    }

    /** As {@link #connect(int)}, and authenticates with the password of {@code requirepass}. */
    public static RespClient connect(int port, String password) {
        return connect(port).login(password);
    }

    /** Authenticates with the password of {@code requirepass}; closes the connection if that fails. */
    RespClient login(String password) {
        try {
            send("AUTH", password);
            return this;
        } catch (RespException | UncheckedIOException e) {
            close();
            throw e;
        }
    }

    /** Sets how long a reply may take; zero for no limit. */
    public void timeout(Duration timeout) {
        try {
            socket.setSoTimeout((int) timeout.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command of text arguments and waits for its reply. */
    public @Nullable Object send(String... command) {
        write(command);
        return read();
    }

    /** Sends a command of binary arguments and waits for its reply. */
    public @Nullable Object send(byte[]... command) {
        write(command);
        return read();
    }

    /** As {@link #send(String...)}, with a reply that is a text. */
    public String text(String... command) {
        return textOf(send(command));
    }

    /** As {@link #send(String...)}, with a reply that is a number. */
    public long number(String... command) {
        return (Long) Objects.requireNonNull(send(command));
    }

    /** As {@link #send(String...)}, with a reply that is an array. */
    public List<?> list(String... command) {
        return (List<?>) Objects.requireNonNull(send(command));
    }

    /** Sends a command without waiting. */
    public void write(String... command) {
        byte[][] arguments = new byte[command.length][];
        for (int i = 0; i < command.length; i++) {
            arguments[i] = command[i].getBytes(StandardCharsets.UTF_8);
        }
        write(arguments);
    }

    /** Sends a command without waiting. */
    public void write(byte[]... command) {
        try {
            header('*', command.length);
            for (byte[] argument : command) {
                header('$', argument.length);
                out.write(argument);
                out.write('\r');
                out.write('\n');
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the next reply, or the next message of a subscription. */
    public @Nullable Object read() {
        try {
            Object reply = parse();
            if (reply instanceof RespException error) {
                throw error;
            }
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a simple or bulk string. */
    public static String textOf(@Nullable Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
    }

    @Override
    public void close() {
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void header(char type, int length) throws IOException {
        out.write((type + Integer.toString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private @Nullable Object parse() throws IOException {
        int type = in.read();
        return switch (type) {
            case '+' -> line();
            case '-' -> new RespException(line());
            case ':' -> Long.valueOf(line());
            case '$' -> bulk(Integer.parseInt(line()));
            case '*' -> array(Integer.parseInt(line()));
            case -1 -> throw new EOFException("the server closed the connection");
            default -> throw new IOException("no RESP2 reply starts with byte " + type);
        };
    }

    private byte @Nullable [] bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.readNBytes(2).length < 2) {
            throw new EOFException("the server closed the connection within a reply");
        }
        return bytes;
    }

    private @Nullable List<@Nullable Object> array(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            elements.add(parse());
        }
        return elements;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\r'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection within a reply");
            }
            line.append((char) c);
        }
        in.read(); // the line feed
        return line.toString();
    }
}
