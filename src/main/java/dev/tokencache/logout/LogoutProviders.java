package dev.tokencache.logout;

import dev.tokencache.redis.ConfigProblems;
import dev.tokencache.redis.Time;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jose4j.jwk.JsonWebKey;

/** Reads {@link LogoutConfig}. */
public final class LogoutProviders {

    private static final String PREFIX = "tokencache.logout.";

    private final Vertx vertx;
    private final TlsConfigurationRegistry tls;
    private final Time time;
    private final ConfigProblems problems = new ConfigProblems(PREFIX);

    private LogoutProviders(Vertx vertx, TlsConfigurationRegistry tls, Time time) {
        this.vertx = vertx;
        this.tls = tls;
        this.time = time;
    }

    /** @throws IllegalArgumentException naming every missing or invalid property */
    public static LogoutIssuers from(LogoutConfig config, Vertx vertx, TlsConfigurationRegistry tls, Time time) {
        LogoutProviders providers = new LogoutProviders(vertx, tls, time);
        Map<String, LogoutIssuer> byIssuer = new HashMap<>();
        config.byId().forEach((id, provider) -> {
            String issuer = providers.required(id, "issuer", provider.issuer());
            String audience = providers.required(id, "audience", provider.audience());
            Supplier<Uni<List<JsonWebKey>>> source = providers.source(id, provider);
            LogoutIssuer twin =
                    byIssuer.put(issuer, new LogoutIssuer(id, issuer, audience, new ProviderKeys(id, source, time)));
            providers.problems.addIf(twin != null, id + ".issuer is that of another provider, too");
        });
        providers.problems.report();
        return new LogoutIssuers(byIssuer, time);
    }

    private String required(String id, String name, Optional<String> value) {
        problems.addIf(value.isEmpty(), id + "." + name + " is not set");
        return value.orElse(id);
    }

    private Supplier<Uni<List<JsonWebKey>>> source(String id, LogoutConfig.Provider provider) {
        String jwks = required(id, "jwks", provider.jwks());
        if (provider.jwks().isEmpty() || !jwks.contains("://")) {
            problems.addIf(
                    provider.jwks().isPresent() && !isKeySet(jwks), id + ".jwks is not a file with a JSON Web Key Set");
            return KeySource.ofFile(vertx, jwks);
        }
        problems.addIf(!isHttps(jwks), id + ".jwks must be a file or an https:// URL");
        HttpClientOptions options = new HttpClientOptions();
        provider.tlsConfigurationName().ifPresent(name -> {
            Optional<TlsConfiguration> configuration = tls.get(name);
            problems.addIf(configuration.isEmpty(), id + ".tls-configuration-name names no quarkus.tls.<name>");
            configuration.ifPresent(trusted -> TlsConfigUtils.configure(options, trusted));
        });
        return KeySource.ofUrl(vertx, jwks, options, time);
    }

    private static boolean isHttps(String url) {
        try {
            URI uri = URI.create(url);
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static boolean isKeySet(String path) {
        try {
            return !KeySource.parse(Buffer.buffer(Files.readAllBytes(Path.of(path))))
                    .isEmpty();
        } catch (IOException | IllegalArgumentException unusable) {
            return false;
        }
    }
}
