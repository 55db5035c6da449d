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
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates clients and links to single nodes, with the configured password, user, TLS and socket options. The credentials of
 * the first configured host apply to every node; {@link #prepare} changes them for new connections. Thread-safe.
 */
public final class RedisConnector {

    /** What a new connection needs, apart from the address of its node. */
    private record Login(
            RedisOptions options, URI pattern, String userInfo, boolean hasPassword, FailureReason reasons) {

        Redis client(Vertx vertx, Endpoint endpoint) {
            return Redis.createClient(
                    vertx, new RedisOptions(options).setEndpoints(List.of(connectionString(endpoint))));
        }

        String connectionString(Endpoint endpoint) {
            String path = pattern.getRawPath();
            String query = pattern.getRawQuery();
            return pattern.getScheme() + "://" + userInfo + endpoint + (path == null ? "" : path)
                    + (query == null ? "" : "?" + query);
        }

        @Override
        public String toString() {
            return "Login[redacted]";
        }
    }

    private final RouterConfig config;
    private final LogLabels labels;
    private final List<Endpoint> seeds;
    private final AddressMap addresses;
    private final Outages outages;
    private volatile Login login;
    private volatile Runnable onRefusedLogin = () -> {};

    /**
     * @param labels names the properties that these options come from
     * @throws IllegalArgumentException naming the property, if a host or an address is malformed
     */
    public RedisConnector(RedisOptions configured, RouterConfig config, LogLabels labels) {
        this(configured, config, labels, new Outages(labels));
    }

    RedisConnector(RedisOptions configured, RouterConfig config, LogLabels labels, Outages outages) {
        this.config = config;
        this.labels = labels;
        this.outages = outages;
        String property = labels.property("hosts");
        this.seeds = hosts(configured.getEndpoints(), property).stream()
                .map(host -> endpoint(host, property))
                .distinct()
                .toList();
        this.addresses = AddressMap.of(config.addressMap().orElse(List.of()));
        this.login = login(configured);
    }

    private Login login(RedisOptions configured) {
        String property = labels.property("hosts");
        URI pattern = hosts(configured.getEndpoints(), property).get(0);
        boolean isPasswordInUrl = isPasswordInUrl(pattern);
        RedisOptions options = new RedisOptions(configured)
                .setType(RedisClientType.STANDALONE)
                // A RESP3 push message would shift every later reply on a pipelined connection.
                .setPreferredProtocolVersion(ProtocolVersion.RESP2)
                .setMaxPoolSize(1)
                .setMaxPoolWaiting(1)
                .setPoolCleanerInterval(-1)
                .setPoolRecycleTimeout(-1)
                // Each redirected command takes two places, with its ASKING; heartbeats need some too.
                .setMaxWaitingHandlers(2 * PipelinedConnection.MAX_IN_FLIGHT + 16);
        options.getNetClientOptions()
                // A little less than for the whole login, so that the log can name what took too long.
                .setConnectTimeout((int) Math.max(1, config.connectTimeout().toMillis() * 9 / 10))
                .setReconnectAttempts(0)
                .setTcpNoDelay(true);
        verifyNames(options.getNetClientOptions());
        return new Login(
                options,
                pattern,
                userInfo(pattern, configured.getPassword()),
                isPasswordInUrl || configured.getPassword() != null,
                new FailureReason(
                        labels,
                        isPasswordInUrl ? property : labels.passwordProperty(),
                        "rediss".equals(pattern.getScheme())));
    }

    /**
     * Checks other options for new connections, and returns what puts them into use. The seeds stay.
     *
     * @throws IllegalArgumentException naming the property, if the first host is malformed
     */
    public Runnable prepare(RedisOptions changed) {
        Login prepared = login(changed);
        return () -> login = prepared;
    }

    /** @param task called each time a node refuses a login: its password may have changed. Must not block */
    public void onRefusedLogin(Runnable task) {
        onRefusedLogin = task;
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

    public boolean isTls() {
        return "rediss".equals(login.pattern().getScheme());
    }

    /** A copy of the socket and TLS options of new connections. */
    public NetClientOptions netClientOptions() {
        return new NetClientOptions(login.options().getNetClientOptions());
    }

    /** The user of new connections. */
    public String user() {
        String user = login.userInfo().split("[:@]", 2)[0];
        return user.isEmpty() ? "default" : URLDecoder.decode(user, StandardCharsets.UTF_8);
    }

    /** Connects to the same nodes in the same way, as another user; empty for the default one. */
    public RedisConnector withLogin(String user, String password, String passwordProperty) {
        String name = URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");
        String scheme = login.pattern().getScheme() + "://" + (user.isEmpty() ? "" : name + "@");
        RedisOptions options = new RedisOptions(login.options())
                .setEndpoints(seeds.stream().map(seed -> scheme + seed).toList())
                .setPassword(password.isEmpty() ? null : password);
        return new RedisConnector(options, config, labels.withPasswordProperty(passwordProperty));
    }

    public AddressMap addresses() {
        return addresses;
    }

    Outages outages() {
        return outages;
    }

    public NodeLink link(Vertx vertx, Endpoint endpoint) {
        Login current = login;
        return new VertxNodeLink(() -> current.client(vertx, endpoint), current.hasPassword());
    }

    /** A client with one connection to one node, bound to the event loop that calls this. */
    public Redis client(Vertx vertx, Endpoint endpoint) {
        return login.client(vertx, endpoint);
    }

    /** The URL of a node, with the scheme, credentials and parameters of the first configured host. */
    String connectionString(Endpoint endpoint) {
        return login.connectionString(endpoint);
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
        return new Endpoint(name, host.getPort() < 0 ? 6379 : host.getPort());
    }

    /**
     * The reason of a connection failure, safe to log. The messages of the Vert.x client may contain the password. Also
     * reports a refused login to {@link #onRefusedLogin}.
     */
    public String reason(Throwable cause) {
        if (FailureReason.isRefusedLogin(String.valueOf(cause.getMessage()))) {
            onRefusedLogin.run();
        }
        return login.reasons().ofConnecting(cause);
    }

    /** Logs once in a while an error reply whose reason an operator must remove. Ignores all other error replies. */
    public void refused(String reply, long nowNanos) {
        if (reply.startsWith("NOPERM") || reply.startsWith("NOAUTH") || reply.startsWith("CLUSTERDOWN")) {
            outages.refused(String.valueOf(login.reasons().ofReply(reply)), nowNanos);
        }
    }
}
