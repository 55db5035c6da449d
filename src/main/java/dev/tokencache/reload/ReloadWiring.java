package dev.tokencache.reload;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.http.connection.ServerCertificate;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealKeys;
import dev.tokencache.store.redis.RedisLogin;
import dev.tokencache.token.TokenKeys;
import dev.tokencache.token.TokenService;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;

/** Lists what can change while the service runs. */
final class ReloadWiring {

    private static final String TOKEN_KEYS = "tokencache.token.keys";
    private static final String ACTIVE_KEY = "tokencache.token.active-key";
    private static final String SEAL = "tokencache.seal.";
    private static final String SEAL_KEYS = SEAL + "keys";
    private static final String KIND_OF_KEYS = "token_keys";

    @Produces
    @Singleton
    ReloadTriggers triggers(
            Callers callers,
            TokenService tokens,
            Seal seal,
            RedisLogin redis,
            TlsConfigurationRegistry tls,
            ServerCertificate server,
            Event<CertificateUpdatedEvent> updated,
            MeterRegistry registry,
            Vertx vertx,
            Time time) {
        SmallRyeConfig started = ConfigProvider.getConfig().unwrap(SmallRyeConfig.class);
        List<Reloadable> kinds = List.of(
                new Reloadable(
                        "callers", List.of("tokencache.callers."), List.of(), config -> prepare(callers, config)),
                new Reloadable(
                        KIND_OF_KEYS,
                        List.of(TOKEN_KEYS + ".", ACTIVE_KEY),
                        List.of(),
                        config -> prepare(tokens, config)),
                new Reloadable(
                        "seal_keys",
                        List.of(SEAL_KEYS + ".", SEAL + "active-key", SEAL + "required"),
                        List.of(),
                        config -> prepare(seal, config)),
                new Reloadable(
                        "redis",
                        List.of("quarkus.redis.hosts", "quarkus.redis.password", RedisLogin.PASSWORD_FILE),
                        List.of(RedisLogin.PASSWORD_FILE),
                        redis::prepare),
                // After the login of Redis, which keeps the certificates that it has found.
                new Reloadable(
                        "certificates",
                        List.of(),
                        List.of(Certificates.PREFIX, "quarkus.redis.tls."),
                        new Certificates(tls, changed -> use(changed, server, redis, updated), vertx, started)));
        return new ReloadTriggers(new Reload(new ConfigFiles(started), kinds, KIND_OF_KEYS, registry), vertx, time);
    }

    private static void use(
            TlsConfiguration changed,
            ServerCertificate server,
            RedisLogin redis,
            Event<CertificateUpdatedEvent> updated) {
        boolean isOfRedis = ConfigProvider.getConfig()
                .getOptionalValue("quarkus.redis.tls-configuration-name", String.class)
                .filter(changed.getName()::equals)
                .isPresent();
        if (isOfRedis) {
            redis.use(changed);
        }
        if (!server.use(changed)) {
            updated.fire(new CertificateUpdatedEvent(changed.getName(), changed));
        }
    }

    private static Runnable prepare(Callers callers, SmallRyeConfig config) {
        Callers changed = Callers.from(config.getConfigMapping(CallersConfig.class));
        return () -> callers.use(changed);
    }

    private static Runnable prepare(TokenService tokens, SmallRyeConfig config) {
        TokenKeys changed = TokenKeys.of(
                config.getOptionalValues(TOKEN_KEYS, String.class, String.class).orElse(Map.of()),
                config.getOptionalValue(ACTIVE_KEY, String.class));
        return () -> tokens.use(changed);
    }

    private static Runnable prepare(Seal seal, SmallRyeConfig config) {
        SealKeys changed = SealKeys.of(
                config.getOptionalValues(SEAL_KEYS, String.class, String.class).orElse(Map.of()),
                config.getOptionalValue(SEAL + "active-key", String.class),
                config.getOptionalValue(SEAL + "required", Boolean.class).orElse(false));
        return () -> seal.use(changed);
    }

    void start(@Observes StartupEvent event, ReloadTriggers triggers, RedisConnector connector) {
        triggers.start();
        connector.onRefusedLogin(triggers::check);
    }
}
