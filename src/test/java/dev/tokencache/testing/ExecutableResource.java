package dev.tokencache.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;

/**
 * Lets the native executable of an HTTP test listen on loopback only, and the tests know its management port. Does
 * nothing for tests of the jar, where Quarkus sees to that.
 */
public final class ExecutableResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        if (!ServiceProgram.isNative()) {
            return Map.of();
        }
        String management = String.valueOf(freePort());
        return Map.of(
                "quarkus.http.host", "127.0.0.1",
                "quarkus.management.host", "127.0.0.1",
                "quarkus.management.port", management,
                "quarkus.management.test-port", management);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {}
}
