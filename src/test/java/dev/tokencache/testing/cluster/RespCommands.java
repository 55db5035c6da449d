package dev.tokencache.testing.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits the requests of one connection into RESP commands. A stream that does not start with an array, such as HTTP, TLS or
 * replies, is not split. Not thread-safe.
 */
final class RespCommands {

    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private boolean isStarted;
    private boolean isResp;

    /** The complete commands so far, each in its wire form; the data itself if it is not RESP. */
    List<byte[]> split(byte[] buffer, int length) {
        if (!isStarted && length > 0) {
            isStarted = true;
            isResp = buffer[0] == '*';
        }
        if (!isResp) {
            return List.of(Arrays.copyOf(buffer, length));
        }
        pending.write(buffer, 0, length);
        byte[] data = pending.toByteArray();
        List<byte[]> commands = new ArrayList<>();
        int start = 0;
        for (int end; (end = end(data, start)) > 0; start = end) {
            commands.add(Arrays.copyOfRange(data, start, end));
        }
        pending.reset();
        pending.write(data, start, data.length - start);
        return commands;
    }

    /** The arguments of a command in its wire form. */
    static byte[][] arguments(byte[] command) {
        int at = lineEnd(command, 0);
        byte[][] arguments = new byte[number(command, 0, at)][];
        for (int i = 0; i < arguments.length; i++) {
            int line = lineEnd(command, at);
            int length = number(command, at, line);
            arguments[i] = Arrays.copyOfRange(command, line, line + length);
            at = line + length + 2;
        }
        return arguments;
    }

    /** Where the command that begins at {@code start} ends; 0 if it is incomplete. */
    private static int end(byte[] data, int start) {
        int at = lineEnd(data, start);
        if (at == 0) {
            return 0;
        }
        for (int left = number(data, start, at); left > 0; left--) {
            int line = lineEnd(data, at);
            if (line == 0) {
                return 0;
            }
            at = line + number(data, at, line) + 2;
            if (at > data.length) {
                return 0;
            }
        }
        return at;
    }

    /** The index after the line feed; 0 if there is none. */
    private static int lineEnd(byte[] data, int from) {
        for (int i = from; i < data.length; i++) {
            if (data[i] == '\n') {
                return i + 1;
            }
        }
        return 0;
    }

    /** The number of a line such as {@code *3} or {@code $12}. */
    private static int number(byte[] data, int from, int lineEnd) {
        return Integer.parseInt(new String(data, from + 1, lineEnd - from - 1, StandardCharsets.US_ASCII).trim());
    }
}
