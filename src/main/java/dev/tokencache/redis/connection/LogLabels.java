package dev.tokencache.redis.connection;

/**
 * What the log calls a Redis, and where its settings are: there may be two, and whoever reads the log has to set the right one right.
 *
 * @param away that one of its nodes is away, and how to find out which
 * @param back that one of its nodes is there again
 * @param settings what the names of {@code hosts} and {@code client-type} begin with
 * @param password the setting with its password
 * @param addresses the setting to look at if the name of a node is not known
 */
public record LogLabels(String away, String back, String settings, String password, String addresses) {

    /** The Redis that the service keeps its tokens in. */
    public static final LogLabels OWN = new LogLabels(
            "A Redis node is away; which one: see tokencache_router_node_up",
            "A Redis node answers again",
            "quarkus.redis.",
            "quarkus.redis.password",
            "tokencache.redis.address-map");

    /** A setting's whole name. */
    public String setting(String name) {
        return settings + name;
    }
}
