package dev.tokencache.redis.connection;

/**
 * The log messages and property names of one Redis. Two may be configured, the service's own and the old store of a migration,
 * and a message must name the settings of the right one.
 *
 * @param unreachable the message when one of its nodes becomes unreachable, with where to look up which one
 * @param node what a message calls one of its nodes
 * @param prefix the prefix of its {@code hosts} and {@code client-type} properties
 * @param addressProperty the property to check if the host name of a node is unknown
 */
public record LogLabels(
        String unreachable,
        String reachable,
        String node,
        String prefix,
        String passwordProperty,
        String addressProperty) {

    public static final LogLabels OWN = new LogLabels(
            "Redis node unreachable, see tokencache_router_node_up",
            "Redis node reachable again",
            "Redis node",
            "quarkus.redis.",
            "quarkus.redis.password",
            "tokencache.redis.address-map");

    /** These labels for a Redis whose password comes from another property. */
    public LogLabels withPasswordProperty(String property) {
        return new LogLabels(unreachable, reachable, node, prefix, property, addressProperty);
    }

    /** The full name of a property, such as {@code hosts}. */
    public String property(String name) {
        return prefix + name;
    }
}
