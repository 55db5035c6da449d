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
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to single nodes, with what the settings say about password, user, TLS and sockets. Every
 * node takes the credentials of the first configured host.
 */
public final class RedisConnector {

    private final RedisOptions options;
    private final LogLabels naming;
    private final URI pattern;
    private final List<Endpoint> seeds;
    private final AddressMap addresses;
    private final Outages outages = new Outages();

    /**
     * @param configured hosts, password, TLS and sockets
     * @param config deadlines and limits
     * @param naming where these options are from, for messages
     * @throws IllegalArgumentException naming the property, if a host or an address can not be understood
     */
    public RedisConnector(RedisOptions configured, RouterConfig config, LogLabels naming) {
        this.naming = naming;
        String property = naming.setting("hosts");
        List<URI> hosts = hosts(configured.getEndpoints(), property);
        this.pattern = hosts.get(0);
        this.seeds =
                hosts.stream().map(host -> endpoint(host, property)).distinct().toList();
        this.addresses = AddressMap.of(config.addressMap().orElse(List.of()));
        this.options = new RedisOptions(configured)
                .setType(RedisClientType.STANDALONE)
                // A push of RESP3 would shift every later reply on a shared connection.
                .setPreferredProtocolVersion(ProtocolVersion.RESP2)
                .setMaxPoolSize(1)
                .setMaxPoolWaiting(1)
                .setPoolCleanerInterval(-1)
                .setPoolRecycleTimeout(-1)
                // Behind each ASK stands an ASKING, and the heartbeat needs a place too.
                .setMaxWaitingHandlers(2 * config.maxInFlight() + 16);
        this.options
                .getNetClientOptions()
                .setConnectTimeout((int) config.connectTimeout().toMillis())
                .setReconnectAttempts(0)
                .setTcpNoDelay(true);
        verifyNames(this.options.getNetClientOptions());
    }

    /**
     * Checks that a node's certificate is for the name that it is reached by, unless that is turned off. Without an
     * algorithm Vert.x would refuse to connect, and {@code quarkus.tls.<name>} has none by default; its {@code NONE} is
     * Vert.x' empty text.
     */
    private static void verifyNames(NetClientOptions net) {
        String algorithm = net.getHostnameVerificationAlgorithm();
        if (net.isTrustAll() || "NONE".equalsIgnoreCase(algorithm)) {
            net.setHostnameVerificationAlgorithm("");
        } else if (algorithm == null) {
            net.setHostnameVerificationAlgorithm("HTTPS");
        }
    }

    /** The configured nodes: where the search for the cluster starts, each time anew. */
    public List<Endpoint> seeds() {
        return seeds;
    }

    /** What messages call them. */
    public LogLabels naming() {
        return naming;
    }

    /** Where the nodes are reached that the cluster names. */
    public AddressMap addresses() {
        return addresses;
    }

    /** What is known of nodes that are away, for all connections that are made here. */
    Outages outages() {
        return outages;
    }

    /** A client with one connection to one node, on the event loop that calls this. */
    public Redis client(Vertx vertx, Endpoint endpoint) {
        return Redis.createClient(vertx, new RedisOptions(options).setEndpoints(List.of(connectionString(endpoint))));
    }

    /** The address of a node with the scheme, the credentials and the parameters of the configured ones. */
    private String connectionString(Endpoint endpoint) {
        String userInfo = pattern.getRawUserInfo();
        String path = pattern.getRawPath();
        String query = pattern.getRawQuery();
        return pattern.getScheme() + "://" + (userInfo == null ? "" : userInfo + "@") + endpoint
                + (path == null ? "" : path) + (query == null ? "" : "?" + query);
    }

    private static List<URI> hosts(@Nullable List<String> endpoints, String property) {
        List<URI> hosts = new ArrayList<>();
        for (String endpoint : endpoints == null ? List.<String>of() : endpoints) {
            try {
                hosts.add(new URI(endpoint.trim()));
            } catch (URISyntaxException malformed) {
                // Neither the text nor the cause may be told: they can hold the password.
                throw new IllegalArgumentException(property + " holds an entry that is no URI");
            }
        }
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException(property + " is not set: there is no Redis to keep tokens in");
        }
        return hosts;
    }

    private static Endpoint endpoint(URI host, String property) {
        String name = host.getHost();
        if (name == null) {
            throw new IllegalArgumentException(
                    property + " holds an entry that is not redis://host:port or rediss://host:port");
        }
        boolean isAddress6 = name.startsWith("[") && name.endsWith("]");
        return new Endpoint(
                isAddress6 ? name.substring(1, name.length() - 1) : name, host.getPort() < 0 ? 6379 : host.getPort());
    }

    /** Why a connection could not be made, in words that are safe to log: the client's own hold the password. */
    public String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (message.startsWith("WRONGPASS") || message.startsWith("NOAUTH") || message.contains("invalid password")) {
            return "wrong password or user (" + naming.password() + ")";
        }
        if (message.startsWith("NOPERM")) {
            return "the user lacks a permission";
        }
        if (message.startsWith("LOADING")) {
            return "it is loading its data";
        }
        if (cause instanceof javax.net.ssl.SSLException) {
            return TlsFailure.reason(cause);
        }
        if (cause instanceof UnknownHostException) {
            return "its name is not known here (" + naming.addresses() + ")";
        }
        if (cause instanceof TimeoutException) {
            return "no answer in time";
        }
        if (cause instanceof ConnectException) {
            return "no connection: refused or unreachable";
        }
        return cause.getClass().getSimpleName();
    }
}
