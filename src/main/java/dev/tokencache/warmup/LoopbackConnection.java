package dev.tokencache.warmup;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP/1.1 connection to this service's own port, as a web server keeps it. A plain blocking socket: a client on Vert.x would
 * take the time of the event loops, and would teach the compilers another use of their classes. Not thread-safe.
 */
final class LoopbackConnection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int BUFFER_BYTES = 16_384;
    private static final String END_OF_HEADERS = "\r\n\r\n";
    private static final Pattern CONTENT_LENGTH =
            Pattern.compile("\r\ncontent-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);

    private final Socket socket;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    private LoopbackConnection(Socket socket) {
        this.socket = socket;
    }

    static LoopbackConnection open(OwnPort port) throws IOException {
        Socket socket = port.sockets()
                .createSocket(port.address().getAddress(), port.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new LoopbackConnection(socket);
    }

    void send(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
    }

    /** Reads the response to the last request, whatever it is. Those of validations have a length, and fit into the buffer. */
    void receive() throws IOException {
        int length = 0;
        int end = -1;
        while (end < 0 || length < end) {
            int read = socket.getInputStream().read(buffer, length, BUFFER_BYTES - length);
            if (read <= 0) {
                throw new EOFException(read < 0 ? "the service closed the connection" : "a response is too long");
            }
            length += read;
            if (end < 0) {
                end = endOfResponse(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** The length of a response that begins like this; negative if its headers are not complete. */
    private static int endOfResponse(String begin) {
        int headers = begin.indexOf(END_OF_HEADERS);
        if (headers < 0) {
            return -1;
        }
        Matcher length = CONTENT_LENGTH.matcher(begin);
        return headers + END_OF_HEADERS.length() + (length.find() ? Integer.parseInt(length.group(1)) : 0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
