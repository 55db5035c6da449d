package dev.tokencache.devmode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** Finds the {@code redis-server} of dev mode and the tests. */
public final class RedisExecutable {

    private static final String PROPERTY = "tokencache.dev.redis-server";

    private RedisExecutable() {}

    /**
     * The {@code wanted} one, or else the one inside the embedded-redis library, extracted to {@code folder}. Throws {@link
     * IllegalStateException} if there is none.
     */
    public static Path find(@Nullable Path wanted, Path folder) {
        if (wanted == null) {
            return extract(folder);
        }
        if (!Files.isExecutable(wanted)) {
            throw new IllegalStateException(PROPERTY + ": cannot execute " + wanted);
        }
        return wanted.toAbsolutePath();
    }

    private static Path extract(Path folder) {
        try {
            return ExecutableProvider.newJarResourceProvider(folder.toFile())
                    .get()
                    .toPath();
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new IllegalStateException("no embedded redis-server for this system; name one with " + PROPERTY, e);
        }
    }
}
