package dev.tokencache.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Translates addresses that the cluster announces to addresses reachable from here, for nodes behind NAT, port forwarding or
 * in containers. Configured addresses are not translated, and announced addresses without an entry stay as they are. Pure.
 */
public final class AddressMap {

    /** The empty map: every announced address is reachable. */
    public static final AddressMap NONE = new AddressMap(Map.of());

    private static final String FORM =
            "tokencache.redis.address-map must be a list of <announced host>:<port>=<reachable host>:<port>";

    private final Map<Endpoint, Endpoint> reachable;

    private AddressMap(Map<Endpoint, Endpoint> reachable) {
        this.reachable = Map.copyOf(reachable);
    }

    /**
     * Parses entries such as {@code 10.1.0.1:6379=gateway.example:16379}, with IPv6 addresses in brackets.
     *
     * @throws IllegalArgumentException naming the property, if an entry is malformed or an announced address occurs twice
     */
    public static AddressMap of(List<String> entries) {
        Map<Endpoint, Endpoint> reachable = new HashMap<>();
        for (String entry : entries) {
            String[] sides = entry.split("=", -1);
            if (sides.length != 2) {
                throw new IllegalArgumentException(FORM);
            }
            if (reachable.put(endpoint(sides[0]), endpoint(sides[1])) != null) {
                throw new IllegalArgumentException(
                        "tokencache.redis.address-map has two entries for one announced address");
            }
        }
        return new AddressMap(reachable);
    }

    private static Endpoint endpoint(String text) {
        return Optional.of(text.trim())
                .filter(trimmed -> !trimmed.startsWith(":"))
                .flatMap(trimmed -> Endpoint.parse(trimmed, ""))
                .orElseThrow(() -> new IllegalArgumentException(FORM));
    }

    public Endpoint reachable(Endpoint announced) {
        return reachable.getOrDefault(announced, announced);
    }
}
