package dev.tokencache.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Sends bytes to a web server that an HTTP client would refuse to send. */
final class RawHttp {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RawHttp() {}

    /**
     * Returns everything that the web server sends until it closes the connection.
     *
     * @param requests in ISO 8859-1; the last one must ask for the close
     */
    static String exchange(int port, String requests) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
            return readAll(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads to the end. A server that closes early may reset the connection, because it has not read everything. */
    private static String readAll(InputStream in) throws IOException {
        StringBuilder answers = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                answers.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException reset) {
            // Equivalent to the end of the stream.
        }
        return answers.toString();
    }
}
