package dev.tokencache.http.connection;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** HTTP/2 without TLS is for web servers that are configured to speak it. Others would only attack with it. */
@Singleton
final class ServerOptions implements HttpServerOptionsCustomizer {

    private final boolean h2c;
    private final ServerCertificate certificate;

    /** @param h2c whether the port without TLS accepts HTTP/2, by prior knowledge */
    ServerOptions(
            @ConfigProperty(name = "tokencache.http.h2c", defaultValue = "false") boolean h2c,
            ServerCertificate certificate) {
        this.h2c = h2c;
        this.certificate = certificate;
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(h2c);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        certificate.manage(options);
    }
}
