package dev.tokencache.http.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The requests of {@code src/test/resources/framing}. */
final class FramingCorpus {

    private static final List<String> FILES = List.of("lengths", "codings", "chunks", "lines", "hosts", "targets");

    private FramingCorpus() {}

    /**
     * One request.
     *
     * @param status the expected status: three digits, or {@code 4xx}
     * @param connection whether the connection must be {@code open} or {@code closed} after the response, or may be {@code any}
     */
    record Entry(String name, String status, String connection, byte[] request) {

        boolean hasStatus(int actual) {
            return status.endsWith("xx") ? actual / 100 == status.charAt(0) - '0' : actual == Integer.parseInt(status);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Entry> entries() {
        return FILES.stream().flatMap(file -> Arrays.stream(read(file).split("\n\n"))
                .map(block -> block.strip().split("\n"))
                .filter(lines -> lines.length > 2)
                .map(lines -> entry(file, lines)));
    }

    private static String read(String file) {
        try (InputStream in = FramingCorpus.class.getResourceAsStream("/framing/" + file + ".txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(String file, String[] lines) {
        String[] expectation = lines[1].split(" ");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Arrays.stream(lines).skip(2).forEach(line -> unescape(line, bytes));
        return new Entry(file + ": " + lines[0].substring(2), expectation[1], expectation[2], bytes.toByteArray());
    }

    private static void unescape(String line, ByteArrayOutputStream bytes) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            i++;
            switch (line.charAt(i)) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case 'x' -> {
                    bytes.write(Integer.parseInt(line.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> bytes.write(line.charAt(i));
            }
        }
    }
}
