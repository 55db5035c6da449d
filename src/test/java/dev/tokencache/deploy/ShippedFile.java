package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file under {@code deploy/} as it is shipped, but for what has to be another on the machine of a test.
 *
 * @param path where it is, below {@code deploy/}
 * @param text what it says
 */
record ShippedFile(String path, String text) {

    static final Path DEPLOY = Path.of("deploy").toAbsolutePath();

    static ShippedFile of(String path) {
        try {
            return new ShippedFile(path, Files.readString(DEPLOY.resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The same with every occurrence of a text replaced.
     *
     * @throws IllegalArgumentException if there is none: the test would not run what it believes to
     */
    ShippedFile with(String shipped, String here) {
        if (!text.contains(shipped)) {
            throw new IllegalArgumentException("deploy/" + path + " does not say: " + shipped);
        }
        return new ShippedFile(path, text.replace(shipped, here));
    }

    void writeTo(Path file) {
        write(file, text);
    }

    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
