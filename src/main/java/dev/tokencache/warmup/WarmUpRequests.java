package dev.tokencache.warmup;

import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The requests of the warm-up, as web servers and applications send them, in each dialect of a validation. */
final class WarmUpRequests {

    private static final int BATCH = 10;

    private final String cookie;
    private final String credentials;

    WarmUpRequests(String cookie, String credentials) {
        this.cookie = cookie;
        this.credentials = credentials;
    }

    /** Most of them are forward-auth, as on most sites. One in sixteen has no token. */
    List<byte[]> of(List<TokenString> tokens) {
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i).value();
            requests.add(
                    switch (i % 16) {
                        case 0, 8 -> validate("{\"token\":\"" + token + "\"}");
                        case 1, 9 -> introspect(token);
                        case 2 -> validate(batch(tokens, i));
                        case 6 -> auth("Cookie: theme=dark");
                        case 4, 7, 12, 15 -> auth("Authorization: Bearer " + token);
                        default -> auth("Cookie: theme=dark; " + cookie + "=" + token);
                    });
        }
        return requests;
    }

    private static String batch(List<TokenString> tokens, int first) {
        return tokens.subList(first, Math.min(first + BATCH, tokens.size())).stream()
                .map(token -> "\"" + token.value() + "\"")
                .collect(Collectors.joining(",", "{\"tokens\":[", "]}"));
    }

    private byte[] auth(String header) {
        return request(
                "GET /v1/auth",
                "X-Forwarded-Proto: https\r\nX-Forwarded-Host: www.site.example\r\nX-Forwarded-Uri: /\r\n"
                        + "X-Caller-Authorization: " + credentials + "\r\n" + header,
                "");
    }

    private byte[] validate(String json) {
        return post("/v1/tokens/validate", "application/json", json);
    }

    private byte[] introspect(String token) {
        return post("/oauth2/introspect", "application/x-www-form-urlencoded", "token=" + token);
    }

    private byte[] post(String path, String contentType, String body) {
        return request(
                "POST " + path,
                "Authorization: " + credentials + "\r\nContent-Type: " + contentType + "\r\nContent-Length: "
                        + body.length(),
                body);
    }

    private byte[] request(String line, String headers, String body) {
        // A build with tracing records no span of a request whose sender does not.
        String text = line + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: token-cache-warm-up\r\nAccept: */*\r\n"
                + "traceparent: 00-77617262757077617262757077617262-7761726275707761-00\r\n" + headers + "\r\n\r\n"
                + body;
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
