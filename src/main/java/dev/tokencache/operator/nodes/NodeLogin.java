package dev.tokencache.operator.nodes;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.RedisOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an operator's command logs in to every node.
 *
 * @param user empty for the default user
 * @param password empty for none
 * @param authority the issuer of the nodes' certificates (PEM); null for those that the JDK trusts
 */
public record NodeLogin(
        String user,
        String password,
        boolean isTls,
        @Nullable Path authority) {

    private static final LogLabels LABELS = new LogLabels(
            "Redis node unreachable", "Redis node reachable again", "Redis node", "--", "--password-file", "--host");

    /** Connects with this login. */
    public RedisConnector connector(List<Endpoint> seeds, Duration timeout) {
        RedisOptions options = new RedisOptions()
                .setEndpoints(seeds.stream().map(this::url).toList())
                .setPassword(password.isEmpty() ? null : password);
        if (authority != null) {
            options.getNetClientOptions().setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()));
        }
        return new RedisConnector(options, new Limits(timeout), LABELS);
    }

    private String url(Endpoint seed) {
        String name = URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");
        return (isTls ? "rediss://" : "redis://") + (user.isEmpty() ? "" : name + "@") + seed;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "NodeLogin[user=" + user + "]";
    }

    private record Limits(Duration timeout) implements RouterConfig {
        @Override
        public int maxCalls() {
            return 1;
        }

        @Override
        public Duration commandTimeout() {
            return timeout;
        }

        @Override
        public Duration connectTimeout() {
            return timeout;
        }
    }
}
