package dev.tokencache.logout;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** Configures the service of a test to accept the logouts of a {@link FakeProvider}. */
@NullUnmarked
public final class FakeProviderResource implements QuarkusTestResourceLifecycleManager {

    private FakeProvider provider;

    @Override
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory("token-cache-provider-");
            provider = FakeProvider.start(folder);
            return Map.of(
                    "tokencache.logout.idp.issuer",
                    FakeProvider.ISSUER,
                    "tokencache.logout.idp.audience",
                    FakeProvider.AUDIENCE,
                    "tokencache.logout.idp.jwks",
                    provider.url(),
                    "tokencache.logout.idp.tls-configuration-name",
                    "idp",
                    "quarkus.tls.idp.trust-store.pem.certs",
                    folder.resolve("cert.pem").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        provider.close();
    }
}
