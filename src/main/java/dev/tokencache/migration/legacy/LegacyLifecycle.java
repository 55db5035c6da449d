package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.Refusal;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.VertxEventLoops;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.TokenConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the connection to the old store from {@code tokencache.migration.legacy.*}, and closes it at shutdown. */
final class LegacyLifecycle {

    @Produces
    @Singleton
    LegacyConnection legacyConnection(
            Vertx vertx,
            LegacyConfig config,
            TokenConfig tokens,
            Seal seal,
            TlsConfigurationRegistry tls,
            MeterRegistry registry,
            Time time) {
        if (config.hosts().isEmpty()) {
            return new LegacyConnection(Optional.empty());
        }
        RedisOptions options = new RedisOptions().setEndpoints(config.hosts().get());
        config.password().ifPresent(options::setPassword);
        config.tlsConfigurationName().ifPresent(name -> secure(options, name, tls));
        return LegacyConnection.open(
                connector -> new VertxEventLoops(vertx, connector),
                options,
                config,
                tokens,
                seal,
                counter(registry),
                time);
    }

    private static Consumer<Refusal> counter(MeterRegistry registry) {
        Map<Refusal, Counter> counters = new EnumMap<>(Refusal.class);
        for (Refusal reason : Refusal.values()) {
            counters.put(
                    reason,
                    Counter.builder("tokencache.migration.refused.records")
                            .description("Calls that found a record of the old store that cannot be a token")
                            .tag("reason", reason.label())
                            .register(registry));
        }
        return reason -> Optional.ofNullable(counters.get(reason)).ifPresent(Counter::increment);
    }

    private static void secure(RedisOptions options, String name, TlsConfigurationRegistry tls) {
        TlsConfiguration configuration = tls.get(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "tokencache.migration.legacy.tls-configuration-name names no quarkus.tls.<name>"));
        TlsConfigUtils.configure(options.getNetClientOptions(), configuration);
    }

    void close(@Disposes LegacyConnection connection) {
        connection.store().ifPresent(LegacyStore::close);
    }
}
