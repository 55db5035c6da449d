package dev.tokencache.http.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection on which a test sends any bytes. */
final class RawConnection implements AutoCloseable {

    /** Answered with 200 and {@link #PROBE_ANSWER} without a store. */
    private static final String PROBE =
            "GET /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    static final String PROBE_ANSWER = "introspection_endpoint";

    private static final Pattern HEAD = Pattern.compile("HTTP/1\\.[01] (\\d{3}) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*?\r\n");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

    /** @param closes whether the server said that it would close the connection */
    record Answer(int status, boolean closes, String head, String body) {}

    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    RawConnection(URL server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
    }

    /** Sends bytes. The server may have closed the connection already. */
    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException closed) {
            // What it has sent before is read later.
        }
    }

    void sendProbe() {
        send(PROBE.getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads until the server closes the connection. Returns false if it does not within a time. */
    boolean readToEnd(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                received.write(buffer, 0, length);
            }
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            // As good as an end.
        }
        return true;
    }

    /**
     * The answers received. Fails if they are not a sequence of complete responses.
     *
     * @param isHead whether the first request had the method HEAD: its answer has no body, if the server could read the method
     */
    List<Answer> answers(boolean isHead) {
        String text = received.toString(StandardCharsets.ISO_8859_1);
        List<Answer> answers = new ArrayList<>();
        int position = 0;
        Matcher head = HEAD.matcher(text);
        while (position < text.length()) {
            if (!head.find(position) || head.start() != position) {
                throw new AssertionError("no response: " + text.substring(position));
            }
            Matcher length = LENGTH.matcher(head.group());
            boolean isOver = head.end() == text.length() || text.startsWith("HTTP/", head.end());
            boolean hasBody = length.find() && !(isHead && answers.isEmpty() && isOver);
            int end = head.end() + (hasBody ? Integer.parseInt(length.group(1)) : 0);
            answers.add(new Answer(
                    Integer.parseInt(head.group(1)),
                    head.group().toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n"),
                    head.group(),
                    text.substring(head.end(), end)));
            position = end;
        }
        return answers;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
