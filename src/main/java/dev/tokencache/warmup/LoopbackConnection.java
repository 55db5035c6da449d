package dev.tokencache.warmup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP/1.1 connection to this service's own port, as a web server keeps it. A plain blocking socket: a client on Vert.x would
 * take the time of the event loops, and would teach the compilers another use of their classes. Not thread-safe.
 */
final class LoopbackConnection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int LONGEST_LINE = 128;
    private static final String CONTENT_LENGTH = "content-length:";

    private final Socket socket;
    private final InputStream in;

    private LoopbackConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static LoopbackConnection open(OwnPort port) throws IOException {
        Socket socket = port.sockets()
                .createSocket(port.address().getAddress(), port.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new LoopbackConnection(socket);
    }

    /** Sends a request and reads the whole response, whatever it is. Responses to validations have a length. */
    void exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int length = 0;
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            if (line.regionMatches(true, 0, CONTENT_LENGTH, 0, CONTENT_LENGTH.length())) {
                length =
                        Integer.parseInt(line.substring(CONTENT_LENGTH.length()).trim());
            }
        }
        in.skipNBytes(length);
    }

    private String readLine() throws IOException {
        byte[] line = new byte[LONGEST_LINE];
        int length = 0;
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the service closed the connection");
            }
            // The rest of a longer line is of no interest.
            if (next != '\r' && length < LONGEST_LINE) {
                line[length++] = (byte) next;
            }
        }
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
