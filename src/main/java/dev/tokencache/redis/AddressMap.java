package dev.tokencache.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where nodes are reached that name themselves by addresses of another network: behind NAT, port forwarding or in
 * containers. Applied to every address that the cluster names, not to the configured ones. Pure.
 *
 * <p>What is not in the map is taken as the cluster names it.
 */
public final class AddressMap {

    /** Every node is where it says. */
    public static final AddressMap NONE = new AddressMap(Map.of());

    private static final String FORM =
            "tokencache.redis.address-map must be a list of <announced host>:<port>=<reachable host>:<port>";

    private final Map<Endpoint, Endpoint> reachable;

    private AddressMap(Map<Endpoint, Endpoint> reachable) {
        this.reachable = Map.copyOf(reachable);
    }

    /**
     * The map in entries such as {@code 10.1.0.1:6379=gateway.example:16379}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException naming the property, if an entry can not be understood or two contradict
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
                .map(AddressMap::withoutBrackets)
                .orElseThrow(() -> new IllegalArgumentException(FORM));
    }

    private static Endpoint withoutBrackets(Endpoint endpoint) {
        String host = endpoint.host();
        boolean isBracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        return isBracketed ? new Endpoint(host.substring(1, host.length() - 1), endpoint.port()) : endpoint;
    }

    /** Where the node is reached that the cluster names so. */
    public Endpoint reachable(Endpoint announced) {
        return reachable.getOrDefault(announced, announced);
    }
}
