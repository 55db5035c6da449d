package dev.tokencache.devmode;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.vertx.http.HttpServer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Redirects a browser from the port of the API to the console, and logs that address before anything else. */
@Singleton
@IfBuildProfile("dev")
final class ConsoleDoor {

    private static final Logger LOG = Logger.getLogger(ConsoleDoor.class);

    private final HttpServer ports;
    private final int managementPort;

    ConsoleDoor(HttpServer ports, @ConfigProperty(name = "quarkus.management.port") int managementPort) {
        this.ports = ports;
        this.managementPort = managementPort;
    }

    void register(
            @Observes Router router,
            @ConfigProperty(name = "tokencache.console.enabled", defaultValue = "true") boolean isConsoleOn,
            @ConfigProperty(name = "quarkus.http.port") int httpPort) {
        if (isConsoleOn) {
            LOG.infof("%n%n    Console: http://localhost:%d/  (user dev, password dev)%n", httpPort);
            router.get("/").handler(this::redirect);
        }
    }

    private void redirect(RoutingContext context) {
        // Known only if it is not the configured one.
        int port = ports.getManagementPort() > 0 ? ports.getManagementPort() : managementPort;
        context.response()
                .setStatusCode(303)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.LOCATION, console(context.request().authority(), port))
                .end();
    }

    /**
     * The address of the console, for a browser that reaches the service under this name.
     *
     * @param authority null if the request has no valid one
     */
    static String console(@Nullable HostAndPort authority, int port) {
        return "http://" + (authority == null ? "localhost" : authority.host()) + ":" + port + "/console/";
    }
}
