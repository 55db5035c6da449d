package dev.tokencache.devmode;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** Finds the {@code redis-server} of dev mode and the tests. */
public final class RedisExecutable {

    private static final String PROPERTY = "tokencache.dev.redis-server";
    private static final String ENVIRONMENT = "TOKENCACHE_DEV_REDIS_SERVER";

    private RedisExecutable() {}

    /**
     * The {@code wanted} one, else that of the system property {@code tokencache.dev.redis-server}, else that of the
     * environment variable {@code TOKENCACHE_DEV_REDIS_SERVER}, else the one inside the embedded-redis library,
     * extracted to {@code folder}. Throws {@link IllegalStateException} if there is none.
     */
    public static Path find(@Nullable Path wanted, Path folder) {
        Path given = wanted != null ? wanted : configured();
        if (given == null) {
            return extract(folder);
        }
        if (!Files.isExecutable(given)) {
            throw new IllegalStateException(PROPERTY + ": cannot execute " + given);
        }
        return given.toAbsolutePath();
    }

    private static @Nullable Path configured() {
        String property = System.getProperty(PROPERTY, "");
        String path = property.isEmpty() ? System.getenv(ENVIRONMENT) : property;
        return path == null || path.isEmpty() ? null : Path.of(path);
    }

    private static Path extract(Path folder) {
        try {
            File executable =
                    ExecutableProvider.newJarResourceProvider(folder.toFile()).get();
            return executable.toPath();
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new IllegalStateException(
                    "no embedded redis-server for this system; name one with " + PROPERTY + " or " + ENVIRONMENT, e);
        }
    }
}
