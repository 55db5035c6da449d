package dev.tokencache.redis;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis node listens.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port from 1 to 65535
 */
public record Endpoint(String host, int port) {

    public Endpoint {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("an endpoint needs a host");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port is from 1 to 65535, not " + port);
        }
    }

    /**
     * The endpoint in a redirection, {@code host:port}.
     *
     * @param askedHost the host that answered; stands in for an empty host, which means "the one you asked" (Redis 7)
     * @return empty if that is no endpoint
     */
    public static Optional<Endpoint> parse(String text, String askedHost) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        try {
            String host = text.substring(0, colon);
            return Optional.of(new Endpoint(known(host, askedHost), Integer.parseInt(text.substring(colon + 1))));
        } catch (IllegalArgumentException notAnEndpoint) {
            return Optional.empty();
        }
    }

    /** The host a node named, or the one that was asked where the node did not know or say. */
    public static String known(String host, String askedHost) {
        return host.isEmpty() || host.equals("?") ? askedHost : host;
    }

    // What a record has by itself is put together from method handles, which a native executable interprets:
    // this is the key of maps that every command asks.
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
