package dev.tokencache.deploy;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A request as it arrived at the application.
 *
 * @param method its method
 * @param target its path and query
 * @param headers its headers, names in lower case
 * @param bodyLength the length of its body in bytes
 */
record SeenRequest(String method, String target, Map<String, List<String>> headers, long bodyLength) {

    static SeenRequest of(String method, String target, Headers headers, long bodyLength) {
        return new SeenRequest(
                method,
                target,
                headers.entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().toLowerCase(java.util.Locale.ROOT), Map.Entry::getValue)),
                bodyLength);
    }

    /** The value of a header, or null if it is missing. Fails if the header occurs more than once. */
    String header(String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new AssertionError(name + " occurs more than once: " + values);
        }
        return values.isEmpty() ? null : values.get(0);
    }
}
