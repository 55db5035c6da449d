package dev.tokencache.http.connection;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/**
 * A request of random parts, valid and invalid.
 *
 * @param isHonest whether its length is that of its body, and no byte was changed
 */
record FuzzedRequest(byte[] bytes, boolean isHonest) {

    private static final String[] METHODS = {
        "GET",
        "POST",
        "HEAD",
        "PUT",
        "DELETE",
        "OPTIONS",
        "PATCH",
        "TRACE",
        "CONNECT",
        "PROPFIND",
        "get",
        "M-SEARCH",
        "",
        "G T"
    };
    private static final String[] TARGETS = {
        "/v1/auth",
        "/.well-known/oauth-authorization-server",
        "/v1/auth/a/b",
        "/v1/auth?a=b&c",
        "/v1/tokens",
        "/v1/tokens/validate",
        "/v1/tokens/x",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/v1/subjects/a/tokens",
        "/v1/subjects/%ff/expire",
        "/v1/admin/migration",
        "/",
        "//",
        "/%",
        "/%zz",
        "/v1/auth?%",
        "*",
        "x:443",
        "http://x/v1/auth",
        "http://x",
        "/a|b",
        "/\u00ff",
        "/../..",
        "/v1/./auth",
        ":",
        "?",
        "#",
        "",
        "/v1/auth/" + "y".repeat(8_190)
    };
    private static final String[] VERSIONS = {
        "HTTP/1.1",
        "HTTP/1.1",
        "HTTP/1.1",
        "HTTP/1.1",
        "HTTP/1.1",
        "HTTP/1.0",
        "HTTP/2.0",
        "HTTP/0.9",
        "HTTP/1.2",
        "HTTP/11",
        "http/1.1",
        ""
    };
    private static final String[] HOSTS = {
        "Host: x",
        "Host: x",
        "Host: x",
        "Host: x",
        "Host: x:80",
        "Host: [::1]",
        "Host:",
        "Host: x\r\nHost: y",
        "Host: a b",
        "Host: %%%",
        "Host: [",
        "Host: x:y:z",
        "Host: :",
        "host: \u00e9",
        "X: no host"
    };
    private static final String[] HEADERS = {
        "Content-Type: application/json",
        "Content-Type: application/json",
        "Content-Type: application/json; charset=utf8",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Type: multipart/form-data; boundary=a",
        "Content-Type: ;;",
        "Content-Type:",
        "Authorization: Basic " + Base64.getEncoder().encodeToString("dev:dev".getBytes(StandardCharsets.US_ASCII)),
        "Authorization: Basic " + Base64.getEncoder().encodeToString("dev:dev".getBytes(StandardCharsets.US_ASCII)),
        "Authorization: Basic %%%",
        "Authorization: Bearer x",
        "Authorization: Bearer",
        "Authorization: Negotiate " + "A".repeat(20_000),
        "Cookie: sso_token=x; sso_token=y; sso_token=\"z\"; ;;=",
        "Cookie: " + "a=b; ".repeat(2_000),
        "Accept: */*",
        "Accept: garbage",
        "Accept-Encoding: gzip, br",
        "Connection: keep-alive",
        "Connection: Upgrade\r\nUpgrade: h2c",
        "Upgrade: h2c",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
        "Range: bytes=0-1",
        "If-None-Match: *",
        "Content-Encoding: gzip",
        "Forwarded: for=x;host=y;proto=z",
        "X-Forwarded-Host: y",
        "X-HTTP-Method-Override: DELETE",
        "X:",
        "X: a\tb",
        "X: \u00e9"
    };
    private static final String[] FAULTS = {
        "X: a\u0000b",
        "X: a\u000bb",
        "X : a",
        ": a",
        "no colon",
        "X: a\r\n b",
        " X: a",
        "X(: a",
        "X: a\nY: b",
        "X: a\rY: b",
        "Expect: x"
    };
    private static final String[] BODIES = {
        "",
        "{}",
        "{\"sub\":\"a\"}",
        "{\"token\":\"xxxxxxxxxxxxxxxxxxxx\"}",
        "token=xxxxxxxxxxxxxxxxxxxx",
        "token=%zz&token=",
        "[[[[",
        " ".repeat(20_000),
        "\u0000\u00ff"
    };
    private static final String[] LENGTHS = {
        "-1", "+1", "1, 1", "x", "", "99999999999999999999", "1\r\nContent-Length: 2"
    };
    private static final String[] CODINGS = {
        "chunked, x", "x", "identity", "gzip, chunked", "\u000bchunked", "chunked\r\nTransfer-Encoding: x"
    };

    static FuzzedRequest ofSeed(int seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        text.append(METHODS[random.nextInt(8) == 0 ? random.nextInt(METHODS.length) : random.nextInt(4)])
                .append(' ')
                .append(any(TARGETS, random))
                .append(' ')
                .append(any(VERSIONS, random))
                .append("\r\n")
                .append(any(HOSTS, random))
                .append("\r\n");
        for (int headers = random.nextInt(6); headers > 0; headers--) {
            text.append(any(HEADERS, random)).append("\r\n");
        }
        boolean honest = true;
        if (random.nextInt(6) == 0) {
            honest = false;
            text.append(any(FAULTS, random)).append("\r\n");
        }
        honest &= appendBody(any(BODIES, random), text, random);
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        if (random.nextInt(4) == 0) {
            honest = false;
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
        }
        return new FuzzedRequest(bytes, honest);
    }

    private static String any(String[] choices, Random random) {
        return choices[random.nextInt(choices.length)];
    }

    /** Returns whether the headers describe the body. */
    private static boolean appendBody(String body, StringBuilder text, Random random) {
        int length = body.length();
        switch (random.nextInt(12)) {
            case 0 -> {
                text.append("\r\n");
                return true;
            }
            case 1 ->
                text.append("Content-Length: ")
                        .append(any(LENGTHS, random))
                        .append("\r\n\r\n")
                        .append(body);
            case 2 ->
                text.append("Transfer-Encoding: ")
                        .append(any(CODINGS, random))
                        .append("\r\n\r\n")
                        .append(body);
            case 3 ->
                text.append("Content-Length: ")
                        .append(length + 7)
                        .append("\r\n\r\n")
                        .append(body);
            case 4 ->
                text.append("Content-Length: ")
                        .append(length)
                        .append("\r\nTransfer-Encoding: chunked\r\n\r\n")
                        .append(body);
            case 5, 6, 7 -> {
                text.append("Transfer-Encoding: chunked\r\n\r\n");
                if (length > 0) {
                    text.append(Integer.toHexString(length))
                            .append(";x=y\r\n")
                            .append(body)
                            .append("\r\n");
                }
                text.append("0\r\n\r\n");
                return true;
            }
            default -> {
                text.append("Content-Length: ")
                        .append(length)
                        .append("\r\n\r\n")
                        .append(body);
                return true;
            }
        }
        return false;
    }

    boolean isHead() {
        return new String(bytes, StandardCharsets.ISO_8859_1).startsWith("HEAD ");
    }

    @Override
    public String toString() {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.substring(0, Math.min(text.length(), 1_000));
    }
}
