package dev.tokencache.redis.connection;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates clients and links to single nodes, with the configured password, user, TLS and socket options. The credentials of
 * the first configured host apply to every node. Thread-safe.
 */
public final class RedisConnector {

    private final RedisOptions options;
    private final LogLabels labels;
    private final URI pattern;
    private final String userInfo;
    private final boolean hasPassword;
    private final List<Endpoint> seeds;
    private final AddressMap addresses;
    private final FailureReason reasons;
    private final Outages outages;

    /**
     * @param labels names the properties that these options come from
     * @throws IllegalArgumentException naming the property, if a host or an address is malformed
     */
    public RedisConnector(RedisOptions configured, RouterConfig config, LogLabels labels) {
        this(configured, config, labels, new Outages(labels));
    }

    RedisConnector(RedisOptions configured, RouterConfig config, LogLabels labels, Outages outages) {
        this.labels = labels;
        this.outages = outages;
        String property = labels.property("hosts");
        List<URI> hosts = hosts(configured.getEndpoints(), property);
        this.pattern = hosts.get(0);
        this.seeds =
                hosts.stream().map(host -> endpoint(host, property)).distinct().toList();
        this.addresses = AddressMap.of(config.addressMap().orElse(List.of()));
        boolean isPasswordInUrl = isPasswordInUrl(pattern);
        this.hasPassword = isPasswordInUrl || configured.getPassword() != null;
        this.userInfo = userInfo(pattern, configured.getPassword());
        this.reasons = new FailureReason(
                labels, isPasswordInUrl ? property : labels.passwordProperty(), "rediss".equals(pattern.getScheme()));
        this.options = new RedisOptions(configured)
                .setType(RedisClientType.STANDALONE)
                // A RESP3 push message would shift every later reply on a pipelined connection.
                .setPreferredProtocolVersion(ProtocolVersion.RESP2)
                .setMaxPoolSize(1)
                .setMaxPoolWaiting(1)
                .setPoolCleanerInterval(-1)
                .setPoolRecycleTimeout(-1)
                // Each redirected command takes two places, with its ASKING; heartbeats need some too.
                .setMaxWaitingHandlers(2 * PipelinedConnection.MAX_IN_FLIGHT + 16);
        this.options
                .getNetClientOptions()
                // A little less than for the whole login, so that the log can name what took too long.
                .setConnectTimeout((int) Math.max(1, config.connectTimeout().toMillis() * 9 / 10))
                .setReconnectAttempts(0)
                .setTcpNoDelay(true);
        verifyNames(this.options.getNetClientOptions());
    }

    /**
     * Verifies host names by default. Vert.x refuses to connect without an algorithm, and {@code quarkus.tls.<name>} sets
     * none by default. Its value {@code NONE} corresponds to the empty string in Vert.x.
     */
    private static void verifyNames(NetClientOptions net) {
        String algorithm = net.getHostnameVerificationAlgorithm();
        if (net.isTrustAll() || "NONE".equalsIgnoreCase(algorithm)) {
            net.setHostnameVerificationAlgorithm("");
        } else if (algorithm == null) {
            net.setHostnameVerificationAlgorithm("HTTPS");
        }
    }

    /** The configured nodes, from which the cluster is discovered. */
    public List<Endpoint> seeds() {
        return seeds;
    }

    public LogLabels labels() {
        return labels;
    }

    public AddressMap addresses() {
        return addresses;
    }

    Outages outages() {
        return outages;
    }

    public NodeLink link(Vertx vertx, Endpoint endpoint) {
        return new VertxNodeLink(() -> client(vertx, endpoint), hasPassword);
    }

    /** A client with one connection to one node, bound to the event loop that calls this. */
    public Redis client(Vertx vertx, Endpoint endpoint) {
        return Redis.createClient(vertx, new RedisOptions(options).setEndpoints(List.of(connectionString(endpoint))));
    }

    /** The URL of a node, with the scheme, credentials and parameters of the first configured host. */
    String connectionString(Endpoint endpoint) {
        String path = pattern.getRawPath();
        String query = pattern.getRawQuery();
        return pattern.getScheme() + "://" + userInfo + endpoint + (path == null ? "" : path)
                + (query == null ? "" : "?" + query);
    }

    private static boolean isPasswordInUrl(URI host) {
        String user = host.getRawUserInfo();
        String query = host.getRawQuery();
        return (user != null && user.contains(":")) || (query != null && ("&" + query).contains("&password="));
    }

    /**
     * The user info as the Vert.x client must get it. The client takes {@code +} for a space, but in a URI it is literal (RFC
     * 3986 section 3.2.1). It ignores a user without a password, so the configured one is added.
     */
    private static String userInfo(URI host, @Nullable String password) {
        String userInfo = host.getRawUserInfo();
        if (userInfo == null || userInfo.isEmpty()) {
            return "";
        }
        String literal = userInfo.replace("+", "%2B");
        boolean isUserOnly = !userInfo.contains(":") && password != null;
        return literal + (isUserOnly ? ":" + URLEncoder.encode(password, StandardCharsets.UTF_8) : "") + "@";
    }

    private static List<URI> hosts(@Nullable List<String> endpoints, String property) {
        List<URI> hosts = new ArrayList<>();
        for (String endpoint : endpoints == null ? List.<String>of() : endpoints) {
            try {
                hosts.add(new URI(endpoint.trim()));
            } catch (URISyntaxException malformed) {
                // Neither the entry nor the cause may be reported: both may contain the password.
                throw new IllegalArgumentException(property + " has an entry that is not a URI");
            }
        }
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException(property + " is not set");
        }
        return hosts;
    }

    private static Endpoint endpoint(URI host, String property) {
        String name = host.getHost();
        if (name == null) {
            throw new IllegalArgumentException(
                    property + " has an entry that is not redis://host:port or rediss://host:port");
        }
        boolean isAddress6 = name.startsWith("[") && name.endsWith("]");
        return new Endpoint(
                isAddress6 ? name.substring(1, name.length() - 1) : name, host.getPort() < 0 ? 6379 : host.getPort());
    }

    /** The reason of a connection failure, safe to log. The messages of the Vert.x client may contain the password. */
    public String reason(Throwable cause) {
        return reasons.ofConnecting(cause);
    }

    /** Logs once in a while an error reply whose reason an operator must remove. Ignores all other error replies. */
    public void refused(String reply, long nowNanos) {
        if (reply.startsWith("NOPERM") || reply.startsWith("NOAUTH") || reply.startsWith("CLUSTERDOWN")) {
            outages.refused(String.valueOf(reasons.ofReply(reply)), nowNanos);
        }
    }
}
