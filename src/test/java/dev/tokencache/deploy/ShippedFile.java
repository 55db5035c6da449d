package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file under {@code deploy/} as it is shipped, except for values that must differ on the test machine.
 *
 * @param path its path below {@code deploy/}
 * @param text its text
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
     * Returns a copy with every occurrence of a text replaced.
     *
     * @throws IllegalArgumentException if the text does not occur: the test would not run the intended configuration
     */
    ShippedFile with(String shipped, String here) {
        if (!text.contains(shipped)) {
            throw new IllegalArgumentException("deploy/" + path + " does not contain: " + shipped);
        }
        return new ShippedFile(path, text.replace(shipped, here));
    }

    /**
     * Returns the part from one text up to another.
     *
     * @throws IllegalArgumentException if there is no such part
     */
    String passage(String from, String to) {
        int start = text.indexOf(from);
        int end = text.indexOf(to, start);
        if (start < 0 || end < 0) {
            throw new IllegalArgumentException("deploy/" + path + " does not contain: " + from + " … " + to);
        }
        return text.substring(start, end);
    }

    void writeTo(Path file) {
        write(file, text);
    }

    /** Writes a file and creates its parent folders. */
    static Path write(Path file, String text) {
        createFolder(file.getParent());
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void createFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
