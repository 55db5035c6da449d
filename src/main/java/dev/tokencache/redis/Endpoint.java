package dev.tokencache.redis;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The address of a Redis node: a host name or an IP address, whose brackets are removed, and a port from 1 to 65535. */
public record Endpoint(String host, int port) {

    public Endpoint {
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("an endpoint needs a host");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port must be from 1 to 65535, not " + port);
        }
    }

    /** Parses {@code host:port} of a redirection; an empty host is the queried one (Redis 7). Empty if malformed. */
    public static Optional<Endpoint> parse(String text, String queriedHost) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        try {
            String host = colon == 0 ? queriedHost : text.substring(0, colon);
            return Optional.of(new Endpoint(host, Integer.parseInt(text.substring(colon + 1))));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    // Written out because every command uses this as a map key, and a native executable interprets the method handles
    // of a record's generated equals and hashCode.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Endpoint that && port == that.port && host.equals(that.host);
    }

    @Override
    public int hashCode() {
        return 31 * host.hashCode() + port;
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
