package dev.tokencache.warmup;

import dev.tokencache.http.forwardauth.ForwardAuthConfig;
import dev.tokencache.redis.Time;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.value.registry.ValueRegistry;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.quarkus.vertx.http.runtime.VertxHttpConfig.InsecureRequests;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.Readiness;

/** Starts the warm-up as soon as the service listens: without TLS if it accepts that. */
@Singleton
final class WarmUpWiring {

    private final ValueRegistry ports;
    private final String host;
    private final boolean acceptsPlain;

    WarmUpWiring(
            ValueRegistry ports,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.insecure-requests", defaultValue = "enabled")
                    InsecureRequests insecure) {
        this.ports = ports;
        this.host = host;
        this.acceptsPlain = insecure == InsecureRequests.ENABLED;
    }

    @Produces
    @Readiness
    @Singleton
    WarmUp warmUp(WarmUpConfig config, ForwardAuthConfig forwardAuth, Rehearsal rehearsal, Time time) {
        return new WarmUp(config.max(), forwardAuth.cookie(), rehearsal, time);
    }

    void start(@ObservesAsync HttpServerStart event, @Readiness WarmUp warmUp) throws UnknownHostException {
        if (acceptsPlain) {
            warmUp.start(OwnPort.plain(host, ports.get(HttpServer.HTTP_PORT)));
        }
    }

    void start(@ObservesAsync HttpsServerStart event, @Readiness WarmUp warmUp)
            throws UnknownHostException, GeneralSecurityException {
        if (!acceptsPlain) {
            warmUp.start(OwnPort.tls(host, ports.get(HttpServer.HTTPS_PORT)));
        }
    }

    void stop(@Observes ShutdownEvent event, @Readiness WarmUp warmUp) {
        warmUp.cancel();
    }
}
