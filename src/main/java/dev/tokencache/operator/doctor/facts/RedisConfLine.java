package dev.tokencache.operator.doctor.facts;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Splits a line of {@code redis.conf} into words, with the quotes and escapes of Redis. Pure. */
final class RedisConfLine {

    static final class UnbalancedQuotesException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final String line;
    private int at;

    private RedisConfLine(String line) {
        this.line = line;
    }

    /** The words; none for a comment. */
    static List<String> words(String line) {
        String trimmed = line.trim();
        List<String> words = new ArrayList<>();
        if (!trimmed.startsWith("#")) {
            RedisConfLine rest = new RedisConfLine(trimmed);
            while (rest.at < trimmed.length()) {
                if (Character.isWhitespace(trimmed.charAt(rest.at))) {
                    rest.at++;
                } else {
                    words.add(rest.word());
                }
            }
        }
        return words;
    }

    private String word() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
            char c = line.charAt(at++);
            if (c == '"' || c == '\'') {
                quoted(c, bytes);
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private void quoted(char quote, ByteArrayOutputStream bytes) {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == quote) {
                return;
            }
            if (c == '\\' && at < line.length() && (quote == '"' || line.charAt(at) == '\'')) {
                escaped(line.charAt(at++), bytes);
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        throw new UnbalancedQuotesException();
    }

    private void escaped(char c, ByteArrayOutputStream bytes) {
        if (c == 'x' && at + 2 <= line.length() && line.substring(at, at + 2).matches("[0-9a-fA-F]{2}")) {
            bytes.write(Integer.parseInt(line.substring(at, at + 2), 16));
            at += 2;
            return;
        }
        bytes.write(
                switch (c) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'b' -> '\b';
                    case 'a' -> 7;
                    default -> c;
                });
    }
}
